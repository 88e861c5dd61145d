/** What an engine can be told, one record a concern. */
@NullMarked
package dev.dagkeeper.config;

import org.jspecify.annotations.NullMarked;
