/* One printable line in a fixed buffer; see message.h. */
#include <axvmconfig/message.h>
#include <stdio.h>
#include <string.h>

/* Names come from files: what could move a terminal's cursor is not printed. */
static void replace_control(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

void message_vadd(struct message *message, const char *format, va_list arguments)
{
    static const char cut[] = "...";
    size_t used = strlen(message->text);
    size_t room = sizeof(message->text) - used;
    char *text = message->text + used;

    int length = vsnprintf(text, room, format, arguments);
    if (length < 0)
        *text = '\0';
    else if ((size_t)length >= room)
        memcpy(message->text + sizeof(message->text) - sizeof(cut), cut, sizeof(cut));
    replace_control(text);
}

void message_set(struct message *message, const char *format, ...)
{
    va_list arguments;

    message->text[0] = '\0';
    va_start(arguments, format);
    message_vadd(message, format, arguments);
    va_end(arguments);
}

void message_add(struct message *message, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    message_vadd(message, format, arguments);
    va_end(arguments);
}

enum err complain(struct message *why, const char *source, const char *node, const char *format,
                  ...)
{
    va_list arguments;

    message_set(why, "%s: /%s: ", source, node);
    va_start(arguments, format);
    message_vadd(why, format, arguments);
    va_end(arguments);
    return ERR_INVALID;
}
