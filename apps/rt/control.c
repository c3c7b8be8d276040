/* See control.h. */
#include "control.h"

#define MOTOR_PERIODS 32
#define MOTOR_GAIN Q16(0.75) /* speed that it comes to, for a drive of 1 */

/* Wider than its factors: a product may leave their range, and the limits come after it. */
static int64_t multiply(int64_t a, int64_t b)
{
    return (a * b) >> 16;
}

static q16_t clamp(int64_t value, q16_t limit)
{
    return value > limit ? limit : value < -limit ? -limit : (q16_t)value;
}

q16_t pid_step(struct pid *pid, q16_t wanted, q16_t measured)
{
    int64_t error = (int64_t)wanted - measured;
    pid->integral = clamp(pid->integral + multiply(pid->ki, error), pid->limit);
    int64_t drive = (int64_t)multiply(pid->kp, error) + pid->integral +
                    multiply(pid->kd, error - pid->last_error);
    pid->last_error = error;
    return clamp(drive, pid->limit);
}

q16_t motor_step(q16_t speed, q16_t drive)
{
    return speed + (q16_t)((multiply(MOTOR_GAIN, drive) - speed) / MOTOR_PERIODS);
}
