/** The workflow language: parse, bind, check, the DAG, expressions. Pure: reads no clock, no store. */
@NullMarked
package dev.dagkeeper.workflow;

import org.jspecify.annotations.NullMarked;
