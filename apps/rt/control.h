/*
 * What the loop controls, a motor's speed, and how: a PID controller in fixed point. A step takes
 * the same instructions whatever the values are but for its limits.
 */
#pragma once
#include <stdint.h>

/* Numbers with 16 bits after the point. */
typedef int32_t q16_t;
#define Q16(number) ((q16_t)((number)*65536.0))

struct pid {
    q16_t kp, ki, kd; /* gains; of ki and kd: for a period */
    q16_t limit;      /* of the drive: it is in -limit … limit */
    q16_t integral;   /* held within the limit too, so that it does not wind up */
    int64_t last_error;
};

/* One period: the drive that leads from the speed measured to the one wanted. */
q16_t pid_step(struct pid *pid, q16_t wanted, q16_t measured);

/* A motor with load: it follows its drive with a time constant of 32 periods. Returns its speed
 * after a period at this drive. */
q16_t motor_step(q16_t speed, q16_t drive);
