/*
 * The hypervisor's console (docs/console.md): opened by the escape while guests run, it takes
 * commands about VMs, vCPUs and the host. All of it runs on the hart that takes the input
 * (axvm/console.h), a piece at a time if that hart runs a vCPU.
 */
#pragma once

/* Boot hart, once, after the VMs are made: the byte `opens` opens it, unless that is VM_NO_ESCAPE.
 */
void shell_init(char opens);
