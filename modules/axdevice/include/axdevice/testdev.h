/* The sifive,test finisher of QEMU's virt machine: one register by which a guest ends or resets. */
#pragma once
#include <axdevice/model.h>

extern const struct device_model testdev_model;
