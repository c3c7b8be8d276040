#include "tree_irq.h"

struct wired_irq tree_irq(const struct tree_node *node)
{
    bool extended = tree_value(node, PROP_INTERRUPTS_EXTENDED).data != NULL;
    enum tree_property property = extended ? PROP_INTERRUPTS_EXTENDED : PROP_INTERRUPTS;
    uint32_t first = extended ? 1 : 0;
    return (struct wired_irq){
        .controller = extended ? tree_cell(node, property, 0, 0) : node->interrupt_parent,
        .source = tree_cell(node, property, first, 0),
        .trigger = (enum irq_trigger)tree_cell(node, property, first + 1, IRQ_LEVEL_HIGH),
    };
}
