/* Errors inside the system. At the guest's edge the SBI codes of lib/sbi.h are used instead. */
#pragma once

enum err {
    OK = 0,
    ERR_INVALID, /* an argument is not what the contract says */
    ERR_RANGE,   /* an address or a size lies outside what it must lie in */
    ERR_NO_MEMORY,
    ERR_NOT_FOUND,
    ERR_EXISTS,
    ERR_UNSUPPORTED, /* this machine does not have it */
    ERR_TIMEOUT,     /* another hart did not answer within its bound */
    ERR_FORMAT,      /* input that is not in the format that it claims */
    ERR_FIRMWARE,    /* a firmware call failed; its SBI error was reported */
};
