/* Errors inside the system. At the guest's edge the SBI codes of lib/sbi.h are used instead. */
#pragma once

/* An error that is not looked at is lost: gcc refuses it. clang, which only checks here, knows the
 * attribute of an enum in later editions of C alone. */
#ifdef __clang__
#define ERR_LOOKED_AT
#else
#define ERR_LOOKED_AT [[nodiscard]]
#endif

enum ERR_LOOKED_AT err {
    OK = 0,
    ERR_INVALID, /* an argument is not what the contract says */
    ERR_RANGE,   /* an address or a size lies outside what it must lie in */
    ERR_NO_MEMORY,
    ERR_NOT_FOUND,
    ERR_EXISTS,
    ERR_UNSUPPORTED, /* this machine does not have it */
    ERR_TIMEOUT,     /* another hart did not answer within its bound */
    ERR_FORMAT,      /* input that is not in the format that it claims */
    ERR_AGAIN,       /* not now; nothing has happened, and the caller may ask again */
    ERR_FIRMWARE,    /* a firmware call failed; its SBI error was reported */
};

/* In words, for a message that says which thing failed: "no memory". */
const char *err_name(enum err err);
