# A control loop with a period and deadlines, to run beside other VMs or natively.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c periods.c lateness.c control.c outbox.c
