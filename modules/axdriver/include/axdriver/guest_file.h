/*
 * The guest interrupt files of the harts' IMSICs (AIA 1.0 §3.6, §6.1): a vCPU that has one takes
 * its external interrupts from it, without the host in between. A file belongs to its hart.
 */
#pragma once
#include <axhal/hart.h>
#include <lib/addr.h>
#include <stdint.h>

/* The identities of each file are 1 .. this; 0: this host has no IMSICs. */
uint32_t guest_file_identities(void);
/* Any hart: takes a file of `hart`, which is or was online: its number, for hstatus.VGEIN. 0: all
 * that the hart has are taken. */
uint32_t guest_file_take(const struct hart *hart);
/* Any hart: gives back what guest_file_take() gave; no sender has its address any longer. */
void guest_file_give_back(const struct hart *hart, uint32_t number);
/* The page that takes its MSIs. */
hpa_t guest_file_page(const struct hart *hart, uint32_t number);
/* Any hart: sends it an MSI. An identity that it does not have is ignored. */
void guest_file_send(const struct hart *hart, uint32_t number, uint32_t identity);
