/* The unit tests keep the ledger. */
#pragma once
#define CONFIG_LEDGER 1
