package dev.dagkeeper.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/** Three ZooKeeper servers in JVMs of their own, with ticks of a fifth of a second. */
public final class ZooKeeperEnsemble {
    private static final int FOUR_LETTERS_MILLIS = 500;

    private final List<Member> members;

    private ZooKeeperEnsemble(List<Member> members) {
        this.members = members;
    }

    /** One server. */
    record Member(ClusterProcess process, InetSocketAddress address, Path data, int number) {}

    /** Writes their configuration; none is started yet. */
    static ZooKeeperEnsemble create(ClusterNetwork network, Path directory, int size) throws IOException {
        var sites = new ArrayList<ClusterNetwork.Site>();
        var ports = new ArrayList<int[]>();
        for (int number = 1; number <= size; number++) {
            sites.add(network.site("zookeeper-" + number));
            ports.add(new int[] {freePort(), freePort(), freePort()});
        }
        var servers = new StringBuilder();
        for (int i = 0; i < size; i++) {
            servers.append(
                    "server.%d=%s:%d:%d%n".formatted(i + 1, sites.get(i).host(), ports.get(i)[1], ports.get(i)[2]));
        }
        var members = new ArrayList<Member>();
        for (int i = 0; i < size; i++) {
            var site = sites.get(i);
            var data = directory.resolve(site.name() + "/data");
            Files.createDirectories(data);
            var configuration = directory.resolve(site.name() + "/zoo.cfg");
            Files.writeString(configuration, configuration(data, site.host(), ports.get(i)[0]) + servers);
            var process = new ClusterProcess(
                    site,
                    List.of(QuorumPeerMain.class.getName(), configuration.toString()),
                    Map.of(),
                    directory.resolve(site.name() + ".log"));
            var address = new InetSocketAddress(InetAddress.ofLiteral(site.host()), ports.get(i)[0]);
            var member = new Member(process, address, data, i + 1);
            members.add(member);
            writeNumber(member);
        }
        return new ZooKeeperEnsemble(List.copyOf(members));
    }

    private static String configuration(Path data, String host, int port) {
        return """
                tickTime=200
                initLimit=50
                syncLimit=15
                dataDir=%s
                clientPortAddress=%s
                clientPort=%d
                minSessionTimeout=1000
                maxSessionTimeout=60000
                maxClientCnxns=0
                admin.enableServer=false
                4lw.commands.whitelist=srvr,mntr
                """.formatted(data, host, port);
    }

    private static void writeNumber(Member member) throws IOException {
        Files.createDirectories(member.data());
        Files.writeString(member.data().resolve("myid"), member.number() + "\n");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    List<Member> members() {
        return members;
    }

    /** The servers' processes. */
    public List<ClusterProcess> processes() {
        return members.stream().map(Member::process).toList();
    }

    /** {@code host:port,host:port,host:port} as seen from here, past every cut of a client. */
    public String connectString() {
        return String.join(
                ",",
                members.stream()
                        .map(member -> member.address().getAddress().getHostAddress() + ":"
                                + member.address().getPort())
                        .toList());
    }

    /** Whether it has a leader and serves. */
    public boolean serves() {
        return leader().isPresent();
    }

    /** The member that leads the ensemble; empty while none does, or cannot say. */
    public Optional<ClusterProcess> leader() {
        return members.stream()
                .filter(member -> mode(member).equals("leader"))
                .map(Member::process)
                .findFirst();
    }

    /** {@code leader}, {@code follower}, or nothing when it does not serve or does not answer. */
    private static String mode(Member member) {
        try (var socket = new Socket()) {
            socket.connect(member.address(), FOUR_LETTERS_MILLIS);
            socket.setSoTimeout(FOUR_LETTERS_MILLIS);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()))
                    .findFirst()
                    .orElse("");
        } catch (IOException away) {
            return "";
        }
    }

    /** Stops all servers and deletes everything they kept. */
    public void wipe() {
        members.forEach(member -> member.process().remove());
        try {
            for (var member : members) {
                delete(member.data());
                writeNumber(member);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Starts those that do not run. */
    public void start() {
        members.forEach(member -> member.process().start());
    }
}
