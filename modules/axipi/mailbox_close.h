#pragma once
#include <stdbool.h>

/* This hart: from now on posts are refused, if nothing is posted; false if something is. */
bool mailbox_close(void);
