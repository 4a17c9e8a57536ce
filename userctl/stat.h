/* SPDX-License-Identifier: GPL-2.0-only */
/* The outputs of `nestor stat`. */
#ifndef STAT_H
#define STAT_H

#include "info.h"
#include "stats.h"

/* Writes totals and CPUs as a table for people; zeros are left out. */
void stat_text(const struct info *info, const struct stats_set *set);

/**
 * stat_text_rates() - write totals and what was added a second, for a live view
 * @info: the module
 * @set: the counters now
 * @before: the totals some time ago
 * @seconds: how long ago that was
 */
void stat_text_rates(const struct info *info, const struct stats_set *set,
		     const struct stats *before, double seconds);

/* Writes one JSON document on one line. */
void stat_json(const struct info *info, const struct stats_set *set);

/* Writes lines of time,cpu,counter,key,value; with @header, a line that says so comes first. */
void stat_csv(const struct stats_set *set, bool header);

/* Writes Prometheus' text format. */
void stat_prometheus(const struct info *info, const struct stats_set *set);

#endif
