#include <axvcpu/vcpu.h>
#include <stddef.h>

#define DEFINE(name, value) __asm__ volatile("\n->" #name " %0" : : "i"(value))

void offsets(void);
void offsets(void)
{
    DEFINE(VCPU_X, offsetof(struct vcpu, x));
    DEFINE(VCPU_HOST_TP, offsetof(struct vcpu, host_tp));
    DEFINE(VCPU_HOST_SP, offsetof(struct vcpu, host_sp));
}
