"""How sure an effect is: the t-interval of paired differences."""
import math
import statistics

# Student's t for 95 % (two-sided) by degrees of freedom; beyond the table the normal's is near enough.
T_95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042)
NORMAL_95 = 1.960


def mean_interval(values):
    """(mean, low, high): where the mean of such values lies with 95 %; one value says nothing of that."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return mean, -math.inf, math.inf
    freedom = len(values) - 1
    factor = T_95[freedom - 1] if freedom <= len(T_95) else NORMAL_95
    half = factor * statistics.stdev(values) / math.sqrt(len(values))
    return mean, mean - half, mean + half
