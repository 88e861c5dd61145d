package dev.dagkeeper.cluster;

/** A worker that is alive: one incarnation, which is one session of one process. */
public record Member(String incarnation, WorkerInfo info) {}
