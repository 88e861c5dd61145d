package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AmountsTest {
    @Test
    void cores_and_bytes_read_as_people_write_them() {
        assertThat(Amounts.cores(4.0)).isEqualTo("4");
        assertThat(Amounts.cores(500L)).isEqualTo("0.5");
        assertThat(Amounts.cores(10_125L)).isEqualTo("10.125");
        assertThat(Amounts.memory(0)).isEqualTo("0B");
        assertThat(Amounts.memory(512L << 20)).isEqualTo("512MiB");
        assertThat(Amounts.memory((24L << 30) - (600L << 20))).isEqualTo("23.4GiB");
        assertThat(Amounts.memory(3000L << 40)).isEqualTo("3000TiB");
    }
}
