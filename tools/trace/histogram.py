"""The buckets of modules/lib/include/lib/histogram.h: exact below 256, then 128 a power of two."""
import c_header

LINEAR_BITS = c_header.number("lib/include/lib/histogram.h", "HISTOGRAM_LINEAR_BITS")
LINEAR = 1 << LINEAR_BITS
HALF = LINEAR // 2


def bucket(value):
    """The number of the bucket that a value falls into."""
    if value < LINEAR:
        return value
    shift = value.bit_length() - LINEAR_BITS
    return shift * HALF + (value >> shift)


def lowest(number):
    """The least value of the bucket with this number."""
    if number < LINEAR:
        return number
    shift = number // HALF - 1
    return (number - shift * HALF) << shift


def buckets(bits):
    """How many there are for all values below 2^bits."""
    return LINEAR + (bits - LINEAR_BITS) * HALF


def highest_beside(value):
    """The greatest value of the bucket that `value` is in."""
    return lowest(bucket(value) + 1) - 1


def quantile(entries, share):
    """The greatest value of the bucket that the `share` (0 to 1) of all values reaches into.

    `entries` are in ascending order and not all empty (dump.Bucket).
    """
    rank = max(1, -(-sum(entry.count for entry in entries) * share // 1))
    for entry in entries:
        rank -= entry.count
        if rank <= 0:
            break
    return entry.highest
