package dev.dagkeeper.examples;

import static dev.dagkeeper.run.RunState.FAILED;
import static dev.dagkeeper.run.RunState.SUCCEEDED;
import static dev.dagkeeper.run.RunState.WARNED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/** Every example runs as it is, and does what it says. One test for each, named after it. */
@ExtendWith(SharedEngine.class)
@Timeout(120)
class ExamplesIT {
    private final HostedEngine engine;

    ExamplesIT(HostedEngine engine) {
        this.engine = engine;
    }

    @Test
    void every_example_is_tested_here() throws IOException {
        var tests = new TreeSet<String>();
        Arrays.stream(ExamplesIT.class.getDeclaredMethods()).forEach(method -> tests.add(method.getName()));
        assertThat(Repository.workflows())
                .isNotEmpty()
                .allSatisfy(workflow -> assertThat(tests).contains(Repository.name(workflow)));
    }

    @Test
    void hello() throws IOException {
        run("hello")
                .ended(SUCCEEDED)
                .states("greet succeeded", "bye succeeded")
                .log("greet", "hello")
                .log("bye", "bye");
    }

    @Test
    void diamond() throws IOException {
        run("diamond")
                .ended(SUCCEEDED)
                .states("quote succeeded", "words succeeded", "letters succeeded", "report succeeded")
                .output("words", "count", "9")
                .output("letters", "count", "35")
                .log("report", "9 words, 35 letters");
    }

    @Test
    void joins() throws IOException {
        run("joins")
                .ended(WARNED)
                .states(
                        "good_mirror succeeded",
                        "dead_mirror failed",
                        "audit skipped",
                        "unpack succeeded",
                        "publish succeeded",
                        "clean_up succeeded",
                        "use_cache succeeded",
                        "no_audit succeeded",
                        "announce succeeded")
                .log("dead_mirror", "no route to mirror")
                .log("audit")
                .log("no_audit", "there was no audit this time");
        run("joins", Map.of("audit", "true"))
                .ended(WARNED)
                .log("audit", "all in order")
                .log("no_audit")
                .log("announce", "done");
    }

    @Test
    void foreach() throws IOException {
        run("foreach")
                .ended(SUCCEEDED)
                .states("square succeeded", "total succeeded")
                .output("square[7]", "result", "64")
                .log("total", "the sum of the squares is 204")
                .outputs("squares = [1,4,9,16,25,36,49,64]", "total = 204");
        run("foreach", Map.of("numbers", "[5, 3]"))
                .ended(SUCCEEDED)
                .logInAnyOrder("square", "5 squared is 25", "3 squared is 9")
                .outputs("squares = [25,9]", "total = 34");
        run("foreach", Map.of("numbers", "[]")).ended(SUCCEEDED).outputs("squares = []", "total = 0");
    }

    @Test
    void retry_and_timeout() throws IOException {
        run("retry_and_timeout")
                .ended(WARNED)
                .states("flaky succeeded", "hanging succeeded", "picky warned", "report succeeded")
                .attempts("flaky", 3)
                .log("flaky", "attempt 1", "attempt 2", "attempt 3")
                .attempts("hanging", 2)
                .log("hanging", "hanging", "answered")
                .attempts("picky", 1)
                .log("picky", "the data is wrong");
    }

    @Test
    void hooks() throws IOException {
        run("hooks")
                .ended(SUCCEEDED)
                .states(
                        "work succeeded",
                        "on-success.thank succeeded",
                        "on-failure.collect skipped",
                        "on-failure.page skipped",
                        "always.clean_up succeeded");
        run("hooks", Map.of("broken", "true"))
                .ended(FAILED)
                .states(
                        "work failed",
                        "on-success.thank skipped",
                        "on-failure.collect succeeded",
                        "on-failure.page succeeded",
                        "always.clean_up succeeded")
                .log("on-failure.page", "somebody has to get up");
    }

    @Test
    void error_handler() throws IOException {
        var run = run("error_handler")
                .ended(WARNED)
                .states("reserve succeeded", "pay failed", "ship upstream-failed", "cancel_reservation succeeded")
                .log("pay", "the card was declined")
                .log("cancel_reservation", "cancelled r-4711");
        assertThat(run.step("pay").exitCode()).hasValue(3);
        assertThat(run.step("ship").startedAt()).isEmpty();
    }

    @Test
    void secrets() throws IOException {
        run("secrets")
                .ended(SUCCEEDED)
                .states("careless succeeded", "careful succeeded", "stranger succeeded")
                .log("careless", "the token is ***", "the password is ***")
                .log("stranger", "token not here");
    }

    @Test
    void http() throws IOException {
        var run = run("http")
                .ended(SUCCEEDED)
                .states("find_port succeeded", "shop succeeded", "ask succeeded", "close succeeded")
                .output("ask", "amounts", "[120,80]")
                .output("ask", "count", "2")
                .log("shop", "listening", "GET /orders ", "POST /close {\"seen\":2,\"thanks_to\":\"ada\"}", "closed")
                .outputs("customer = \"ada\"", "answer = \"closing\"");
        assertThat(run.logs().apply("ask")).last().asString().contains("/orders: 200, ");
    }

    @Test
    void sql() throws IOException {
        run("sql")
                .ended(SUCCEEDED)
                .states("fill succeeded", "query succeeded", "report succeeded")
                .output("fill", "inserted", "4")
                .logInAnyOrder("report", "west sold for 700", "north sold for 420.5")
                .outputs("best = \"west\"", "regions = 2");
        run("sql", Map.of("at_least", "0")).ended(SUCCEEDED).outputs("best = \"west\"", "regions = 3");
    }

    @Test
    void inputs_outputs() throws IOException {
        var run = run("inputs_outputs")
                .ended(SUCCEEDED)
                .states("print succeeded", "proofread succeeded")
                .output("print", "notes", "\"printed 3\\nin green\"")
                .outputs("posters = 6", "pages = 6", "cost = 1.5", "errors = 0");
        var day = LocalDate.ofInstant(run.run().createdAt(), ZoneId.of("Europe/Stockholm"));
        run.log("print", "3 posters in green: Market on " + day, "for [\"Uppsala\",\"Lund\"]");
        run(
                        "inputs_outputs",
                        Map.of(
                                "title",
                                "Sale",
                                "colour",
                                "red",
                                "day",
                                "2026-12-24",
                                "cities",
                                "[\"Ystad\"]",
                                "proof",
                                "false"))
                .ended(SUCCEEDED)
                .states("print succeeded", "proofread skipped")
                .log("print", "3 posters in red: Sale on 2026-12-24", "for [\"Ystad\"]")
                .outputs("posters = 3", "pages = 6", "cost = 1.5", "errors = -1");
    }

    @Test
    void nightly() throws IOException {
        // The night of the 29th of March has no 02:30: its fire came at 03:00, and this interval is 23 hours and a
        // half.
        nightly("2026-03-30T12:00:00Z", Optional.empty())
                .log("extract", "orders of the main shop from 2026-03-29T01:00:00Z to 2026-03-30T00:30:00Z")
                .log("load", "290 orders into partition 2026-03-29")
                .outputs("day = \"2026-03-29\"", "orders = 290");
        // A minute before the next fire it is still the same interval; with it the next one is complete.
        nightly("2026-03-31T00:29:59Z", Optional.empty()).outputs("day = \"2026-03-29\"", "orders = 290");
        nightly("2026-03-31T00:30:00Z", Optional.of("night"))
                .log("extract", "orders of the harbour shop from 2026-03-30T00:30:00Z to 2026-03-31T00:30:00Z")
                .outputs("day = \"2026-03-30\"", "orders = 300");
    }

    private FinishedRun nightly(String at, Optional<String> trigger) throws IOException {
        return engine.run(Repository.EXAMPLES.resolve("nightly.yaml"), Map.of(), Optional.of(at), trigger)
                .ended(SUCCEEDED)
                .states("extract succeeded", "load succeeded")
                .inOrder();
    }

    @Test
    void sla() throws IOException {
        var inTime = sla(Optional.empty());
        // The run's nominal time is the clock that counts here: of a fire of that morning it is always too late.
        var late = sla(Optional.of("2026-03-29T05:00:00Z"));
        var alerts = engine.client().alerts().list(Optional.empty(), 100);
        assertThat(alerts).noneMatch(alert -> alert.path("run").asString("").equals(inTime));
        assertThat(alerts)
                .filteredOn(alert -> alert.path("run").asString("").equals(late))
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.path("subject").asString(""))
                            .isEqualTo("run of sla not ended 1h after its scheduled time");
                    assertThat(alert.path("data")
                                    .path("run")
                                    .path("scheduledFor")
                                    .asString(""))
                            .isEqualTo("2026-03-29T05:00:00Z");
                });
    }

    private String sla(Optional<String> at) throws IOException {
        return engine.run(Repository.EXAMPLES.resolve("sla.yaml"), Map.of(), at, Optional.empty())
                .ended(SUCCEEDED)
                .states("collect succeeded", "publish succeeded", "on-failure.withdraw skipped")
                .log("publish", "the report for everybody")
                .run()
                .id();
    }

    @Test
    void orders_raw() throws IOException {
        orders("2026-03-29T12:00:00Z").log("fetch", "fetching the orders of 2026-03-28");
    }

    /** The interval of the night before that time. */
    private FinishedRun orders(String at) throws IOException {
        return engine.run(
                        Repository.EXAMPLES.resolve("orders_raw.yaml"), Map.of(), Optional.of(at), Optional.of("night"))
                .ended(SUCCEEDED)
                .states("fetch succeeded");
    }

    @Test
    void orders_clean() throws IOException {
        run("orders_clean", Map.of("days", "[\"2026-03-28\"]", "orders", "280"))
                .ended(SUCCEEDED)
                .states("clean succeeded", "publish succeeded")
                .log("clean", "the orders of 2026-03-28 are clean")
                .output("publish", "orders", "280");
    }

    /** The whole chain: two days become one run of orders_clean, and orders_report waits for the rates. */
    @Test
    void orders_report() throws IOException {
        for (var name : List.of("orders_clean", "orders_report")) {
            engine.deploy(Repository.EXAMPLES.resolve(name + ".yaml"));
        }
        engine.client().pause("orders_clean", false);
        var first = orders("2026-03-29T12:00:00Z");
        var second = orders("2026-03-30T12:00:00Z");
        engine.client().pause("orders_clean", true);

        var clean = engine.awaitFired("orders_clean")
                .ended(SUCCEEDED)
                .logInAnyOrder("clean", "the orders of 2026-03-28 are clean", "the orders of 2026-03-29 are clean")
                .output("publish", "orders", "570");
        var datasets = engine.client().datasets();
        assertThat(datasets.events(Optional.empty(), Optional.of(clean.run().id()), 10))
                .extracting(event -> event.path("run").asString(""))
                .containsExactly(second.run().id(), first.run().id());
        assertThat(engine.client().schedule("orders_report").path("waitsFor").asString(""))
                .isEqualTo("waits for an update of s3://lake/rates; 1 of 2 are updated");
        assertThat(engine.fires("orders_report")).isEmpty();

        var rates = JsonMapper.shared().createObjectNode().put("uri", "s3://lake/rates");
        rates.putObject("data").put("sek", 11.25);
        datasets.record(rates, "rates of a test");
        engine.awaitFired("orders_report").ended(SUCCEEDED).log("report", "570 orders at 11.25, from 2 updates");
        assertThat(engine.fires("orders_clean")).hasSize(1);
        for (var name : List.of("orders_clean", "orders_report")) {
            engine.client().undeploy("default", name);
        }
    }

    @Test
    void timezones() throws IOException {
        run("timezones")
                .ended(SUCCEEDED)
                .states("survey succeeded", "summarise succeeded", "check succeeded", "report succeeded")
                .output("summarise[0]", "line", "\"Africa|19|56|Africa/Tunis\"")
                .log("check", "312 zones in the regions, 312 in the table")
                .log(
                        "report",
                        "region       zones countries  northernmost",
                        "America        121        53  America/Danmarkshavn",
                        "Asia            74        57  Asia/Srednekolymsk",
                        "Europe          38        50  Europe/Helsinki",
                        "Pacific         30        29  Pacific/Honolulu",
                        "Africa          19        56  Africa/Tunis",
                        "Australia       11         1  Australia/Darwin",
                        "Antarctica       8         2  Antarctica/Macquarie",
                        "Atlantic         8         7  Atlantic/Faroe",
                        "Indian           3         4  Indian/Maldives",
                        "all            312")
                .outputs(
                        "zones = 312",
                        "regions = [\"Africa\",\"America\",\"Antarctica\",\"Asia\",\"Atlantic\",\"Australia\",\"Europe\","
                                + "\"Indian\",\"Pacific\"]",
                        "north_of_equator = 222");
    }

    private FinishedRun run(String example) throws IOException {
        return run(example, Map.of());
    }

    private FinishedRun run(String example, Map<String, String> inputs) throws IOException {
        return engine.run(Repository.EXAMPLES.resolve(example + ".yaml"), inputs)
                .inOrder();
    }
}
