/* SPDX-License-Identifier: ISC */
/* cell/cell.h: the process of one connection; see ARCHITECTURE.md, "The life of a connection". */
#ifndef CELL_CELL_H
#define CELL_CELL_H
#endif
