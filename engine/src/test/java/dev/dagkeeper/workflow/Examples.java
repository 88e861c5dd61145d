package dev.dagkeeper.workflow;

/** The two workflows that the language's description ends with. */
final class Examples {
    static final String SMALLEST = """
            version: 1
            name: hello
            steps:
              greet: {uses: shell, run: echo hello}
              bye:   {uses: shell, run: echo bye, needs: [greet]}
            """;

    static final String USUAL = """
            version: 1
            name: orders_daily
            inputs:
              day:     {type: date, default: "${{ date(run.interval.start, 'Europe/Stockholm') }}"}
              regions: {type: list<string>, default: [eu, us], min-items: 1}
            triggers:
              nightly: {cron: "30 2 * * *", timezone: Europe/Stockholm, catchup: {mode: all, window: 3d}}
            concurrency: {max: 1, on-conflict: queue-latest}
            defaults:
              step: {timeout: 15m, retry: {max: 2, delay: 10s, backoff: 2, max-delay: 5m, jitter: 0.2}}
            steps:
              extract:
                uses: shell
                run: ./extract.sh "$DAY"
                env: {DAY: "${{ inputs.day }}"}
                outputs: {rows: {type: int}}
              quality:
                needs: [extract]
                when: steps.extract.outputs.rows > 0
                uses: sql
                with: {connection: dwh, query: "select count(*) as bad from orders where total < 0"}
                on-error: warn
              load:
                needs: [extract, quality]
                join: none-failed
                foreach: {in: inputs.regions, as: region, max-parallel: 4}
                uses: shell
                run: ./load.sh "$REGION"
                env: {REGION: "${{ region }}"}
                outputs: {loaded: {type: int}}
              repair:
                needs: {load: [failed]}
                uses: shell
                run: ./rollback.sh
              report:
                needs: [load]
                uses: http
                with: {method: POST, url: "https://reports.example/orders", body: {total: "${{ sum(steps.load.outputs.loaded) }}"}}
            hooks:
              on-failure:
                page: {uses: http, with: {method: POST, url: "https://pager.example/hook", body: {run: "${{ run.id }}"}}}
            """;

    private Examples() {}
}
