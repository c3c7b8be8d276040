/* The unit tests' machine. */
#pragma once
#define CONFIG_SMP 4
