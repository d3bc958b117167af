using System.Globalization;
using System.Text;

namespace Cairn.Support.Cost;

/// <summary>docs/operations/cost.md, from what was measured and the list prices.</summary>
public static class CostPage
{
    /// <summary>The page's file.</summary>
    public static string File => RepositoryFolder.Of("docs", "operations", "cost.md");

    static readonly (string Name, double Events, int Partitions)[] Scales = [("10 million", 10e6, 4), ("1 billion", 1e9, 8), ("100 billion", 100e9, 32)];

    public static void Write(MeasuredCost measured) => System.IO.File.WriteAllText(File, Of(measured));

    /// <summary>The whole page.</summary>
    public static string Of(MeasuredCost measured)
    {
        var scales = Scales.Select(scale => new CostOfMonth(measured, scale.Events, scale.Partitions)).ToArray();
        var page = new StringBuilder();
        void Row(string name, Func<CostOfMonth, string> cell) => page.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", scales.Select(cell))} |");

        page.AppendLine("""
            # Cost

            What a month on Azure costs, computed by `scripts/cost.sh` from what the pipeline was measured to use and the vendor's list prices. The script runs the whole pipeline on two hosts that share one
            storage account and one hub, and counts every request, message and byte at the doors of those who bill them (`cost.measured.json`). Reports are not in it, nor what leaves the region.

            ## A month
            """);
        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"| USD | {string.Join(" | ", Scales.Select(scale => scale.Name + " events"))} |");
        page.AppendLine(CultureInfo.InvariantCulture, $"| --- | {string.Join(" | ", Scales.Select(_ => "---"))} |");
        Row("Event Hubs", month => Dollars(month.StreamDollars));
        Row("Functions", month => Dollars(month.ComputeDollars));
        Row("requests for blobs", month => Dollars(month.RequestsDollars("blob")));
        Row("requests for tables", month => Dollars(month.RequestsDollars("table")));
        Row("the lake, a year kept", month => Dollars(month.LakeDollars(12)));
        Row("Log Analytics", month => Dollars(month.TelemetryDollars));
        Row("**together**", month => $"**{Dollars(month.TotalDollars)}**");
        Row("a million events", month => Dollars(month.TotalDollars / month.Events * 1e6));
        page.AppendLine("""

            ## What is in it
            """);
        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", Scales.Select(scale => scale.Name + " events"))} |");
        page.AppendLine(CultureInfo.InvariantCulture, $"| --- | {string.Join(" | ", Scales.Select(_ => "---"))} |");
        Row("events a second, on average", month => Number(month.Events / (730 * 3600)));
        Row("partitions (`CAIRN_STREAM_PARTITIONS`)", month => Number(month.Partitions));
        Row("throughput units at the busiest time", month => Number(month.ThroughputUnits));
        Row("requests of SDKs, millions", month => Number(month.Requests / 1e6));
        Row("batches that the consumer stores, millions", month => Number(month.Batches / 1e6));
        Row("instances busy, on average", month => Number(month.Instances));
        Row("requests for blobs, millions", month => Number(Requests(month, "blob")));
        Row("requests for tables, millions", month => Number(Requests(month, "table")));
        Row("a month's events in the lake, GB", month => Number(month.LakeGigabytes));
        page.AppendLine("""

            ## Measured
            """);
        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"On {measured.MeasuredOn}, with events like those of Mixpanel's browser library (eighteen properties), {MeasuredCost.EventsPerRequest} of one person to a request.");
        page.AppendLine();
        page.AppendLine("| what | |");
        page.AppendLine("| --- | --- |");
        Line("bytes of an event in the stream, packed", measured.StreamBytesPerEvent);
        Line("billed messages of a request", measured.MessagesPerRequest);
        Line("bytes of an event in the lake, its random ids included", measured.LakeBytesPerEvent);
        Line("milliseconds of processor time of a request until it is stored", measured.CpuMsPerRequest);
        Line("milliseconds of processor time to compact a thousand events", measured.CpuMsPerThousandCompacted);
        Requested("for each batch that the consumer stores", measured.PerBatch);
        Requested("for each profile update beside it", measured.PerUpdate);
        Requested("for each recent file that compaction takes in", measured.PerRecentFile);
        Requested("for each run of compaction that commits", measured.PerCommit);
        Requested("for a million events' merges", measured.PerMillionEvents);
        Requested("for each minute of an instance, whatever it does", measured.PerInstanceMinute);
        foreach (var (job, requests) in measured.PerIdleRun) Requested($"for a run of `{job}` without work", requests);
        page.AppendLine(CultureInfo.InvariantCulture, $"""

            ## Assumed

            - The busiest time has {Number(CostOfMonth.Peak)} times the mean; the stream never shrinks by itself, so throughput units are paid for the busiest time.
            - A request holds {MeasuredCost.EventsPerRequest} events of one person. With one event to a request, requests, messages and processor time are ten times as many; with fifty, a fifth.
            - A partition's batch goes after {Number(CostOfMonth.MaxWaitSeconds)} seconds, or with {Number(CostOfMonth.BatchMessages)} messages. While events are few, fewer partitions mean fewer batches and so fewer requests.
            - An instance has {Number(CostOfMonth.InstanceGigabytes)} GB and a core that does what a core of the measuring machine does, {Number(CostOfMonth.Utilisation * 100)} % busy; each start is paid for a second at least, which is most of the bill at ten million events.
              Instances kept warm (`CAIRN_ALWAYS_READY_…`) come on top.
            - {Number(CostOfMonth.UpdateShare * 100)} of a hundred records are profile updates. Events alone touch no table. By the flat meter that older price lists have ({Price.FlatTenThousandTableRequests} for 10,000 of any kind) requests for tables would cost
              {string.Join(", ", scales.Select(month => Dollars(month.TablesByTheFlatMeterDollars)))}.
            - Log Analytics takes {Number(CostOfMonth.TracesPerSecond)} trace a second and instance at most, of {Number(CostOfMonth.TraceBytes)} bytes, and the measurements of each instance every minute.

            ## Prices

            List prices in USD, pay as you go, United States, without reservations and free grants other than those named; they change and differ by region, so compare them with the vendor's pages before you rely on a sum.

            | what | price | vendor's page |
            | --- | --- | --- |
            | Event Hubs Standard, throughput unit | {Price.ThroughputUnitHour} an hour | Event Hubs pricing |
            | Event Hubs, million ingress events of 64 KB | {Price.MillionMessages} | Event Hubs pricing |
            | Functions, Flex Consumption on demand, GB-s | {Price.GigabyteSecond:0.######}, {Number(Price.FreeGigabyteSeconds)} free | Azure Functions pricing |
            | Functions, million executions | {Price.MillionExecutions}, {Number(Price.FreeExecutions)} free | Azure Functions pricing |
            | hot blobs, locally redundant, GB and month | {Price.BlobGigabyteMonth} | Azure Blob Storage pricing |
            | blobs, 10,000 requests: write or list; read and other | {Price.TenThousandRequests["blob write"]}; {Price.TenThousandRequests["blob read"]} | Azure Blob Storage pricing |
            | tables, 10,000 requests: write; batch; read; scan | {Price.TenThousandRequests["table write"]}; {Price.TenThousandRequests["table batch"]}; {Price.TenThousandRequests["table read"]}; {Price.TenThousandRequests["table scan"]} | Azure Table Storage pricing, general-purpose v2 |
            | Log Analytics, GB taken in | {Price.LogGigabyte:0.00} | Azure Monitor pricing |
            """);
        return page.ToString().ReplaceLineEndings("\n");

        void Line(string what, double value) => page.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {Number(value)} |");
        void Requested(string what, IReadOnlyDictionary<string, double> requests) =>
            page.AppendLine(CultureInfo.InvariantCulture, $"| requests {what} | {(requests.Count == 0 ? "none" : string.Join(", ", requests.Select(one => $"{Number(one.Value)} {one.Key}")))} |");
    }

    static double Requests(CostOfMonth month, string service) => month.StorageRequests.Where(one => one.Key.StartsWith(service, StringComparison.Ordinal)).Sum(one => one.Value) / 1e6;

    /// <summary>Whole dollars, and cents below ten.</summary>
    static string Dollars(double dollars) => dollars.ToString(dollars < 10 ? "0.00" : "#,0", CultureInfo.InvariantCulture);

    static string Number(double number) => number.ToString(number is > -10 and < 10 ? "0.##" : "#,0", CultureInfo.InvariantCulture);
}
