/* The wired interrupts of devices in the tree. */
#pragma once
#include <axdriver/hardware.h>
#include <lib/tree.h>

/* The first wired interrupt of a node, at its own or the inherited controller; source 0: none.
 * Where the controller has one cell for an interrupt it counts as a high level. */
struct wired_irq tree_irq(const struct tree_node *node);
