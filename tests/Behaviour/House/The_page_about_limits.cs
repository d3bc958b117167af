using Cairn.Api;
using Cairn.Api.Mixpanel;
using Cairn.Api.V1;
using Cairn.Api.V1.Activity;
using Cairn.Api.V1.Aggregates;
using Cairn.Api.V1.Cohorts;
using Cairn.Ingestion.Amplitude;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Mixpanel;
using Cairn.Ingestion.Segment;
using Cairn.Ingestion.Stages;
using Cairn.LocalHost.Http;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using Cairn.Query.Journeys;
using Cairn.Query.Turns;
using Cairn.Shims.StreamLog;
using Cairn.Storage.History;
using Cairn.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>docs/operations/settings.md tells the numbers that the code has.</summary>
public class The_page_about_limits
{
    const string Page = "docs/operations/settings.md";

    [Fact]
    public void Tells_what_each_vendors_endpoints_take()
    {
        var rows = DocTable.Rows(Page, "| endpoint | bytes of a body, inflated too | records | levels of nesting |").Select(row => string.Join('|', row[1..]).Replace(",", "", StringComparison.Ordinal));
        Assert.Equal(
            [
                $"{MixpanelLimits.MaxBodyBytes}|{MixpanelLimits.MaxRecords}|{MixpanelLimits.MaxDepth}",
                $"{AmplitudeLimits.MaxBodyBytes}|{AmplitudeLimits.MaxEventsPerRequest}|{AmplitudeLimits.MaxDepth}",
                $"{AmplitudeLimits.MaxBatchBodyBytes}|{AmplitudeLimits.MaxEventsPerRequest}|{AmplitudeLimits.MaxDepth}",
                $"{SegmentLimits.MaxBodyBytes}|{SegmentLimits.MaxMessagesPerRequest}|{SegmentLimits.MaxDepth}",
            ],
            rows);
    }

    [Fact]
    public void Tells_what_holds_for_all()
    {
        var told = DocTable.Rows(Page, "| what | at most |").Select(row => int.Parse(row[1].Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(
            [
                KestrelSettings.MaxRequestLineBytes, (int)KestrelSettings.MaxBodyTime.TotalSeconds,
                (int)BodyMemory.MaxArrivingBytes, (int)BodyMemory.MaxWorkingBytes, (int)BodyMemory.MaxWait.TotalSeconds,
                ItemLimits.MaxValueBytes, ItemLimits.MaxProperties, ItemLimits.MaxItemBytes,
                JsonBody.MaxBodyBytes, MixpanelParameters.MaxBodyBytes,
                SegmentationDefinition.MaxEvents, SegmentationDefinition.MaxBreakdowns, SegmentationDefinition.MaxLimit, Buckets.MaxCount,
                (int)ReportMemoryPool.MaxBytesOfReport, (int)ReportMemoryPool.MaxBytesOfAll, (int)ReportMemoryPool.BytesOfLightReport, (int)ColumnRoom.Patience.TotalSeconds,
                ReportTurns.MaxReportsAtOnce, ReportTurns.MaxReportsOfProject, ReportTurns.MaxReportsInLine, (int)CellBudget.MaxCells, FunnelRows.MaxRows,
                FlowsDefinition.MaxSteps, FlowsDefinition.MaxTop, FlowsDefinition.MaxPaths, SessionsDefinition.MaxBins, SessionsDefinition.MaxEnds, StreamedJourneys.MaxShares,
                ExpressionParser.MaxLength, ExportEndpoint.MaxLimit, CohortBody.MaxIds, StreamEndpoint.MaxUsers, StreamEndpoint.MaxEvents, ActivityRoute.MaxLimit, PossiblePersons.MaxIds, AggregatesApi.MaxDays,
            ],
            told);
    }

    [Fact]
    public void Tells_how_much_memory_columns_may_take()
    {
        var settings = DocTable.Rows(Page, "| setting | where | what |").ToDictionary(row => row[0], row => row[2].Replace(",", "", StringComparison.Ordinal));
        Assert.EndsWith($"at least {QuerySettings.LeastColumnBytes}", settings["Query__ColumnBytes"], StringComparison.Ordinal);
        Assert.Equal(QuerySettings.LeastColumnBytes, QuerySettings.ColumnBytes(null, machineBytes: 2L << 30));
        Assert.Equal(3L << 30, QuerySettings.ColumnBytes(null, machineBytes: 24L << 30));
        Assert.Equal(1_000, QuerySettings.ColumnBytes(Of("1000"), machineBytes: 24L << 30));
        Assert.Contains("Query__ColumnBytes", Assert.Throws<FormatException>(() => QuerySettings.ColumnBytes(Of("much"), machineBytes: 24L << 30)).Message, StringComparison.Ordinal);

        static IConfiguration Of(string text) => new ConfigurationBuilder().AddInMemoryCollection([new("Query:ColumnBytes", text)]).Build();
    }

    [Fact]
    public void Is_summed_up_by_the_page_about_memory()
    {
        var told = DocTable.Rows("docs/operations/memory.md", "| what | MiB at most |").Select(row => long.Parse(row[1], System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture) << 20);
        Assert.Equal(
            [
                BodyMemory.MaxArrivingBytes, BodyMemory.MaxWorkingBytes, QueryServices.LiveBudgetBytes,
                QuerySettings.ColumnBytes(null, machineBytes: 2L << 30), QuerySettings.ColumnBytes(null, machineBytes: 24L << 30), ReportMemoryPool.MaxBytesOfReport, ReportMemoryPool.MaxBytesOfAll,
            ],
            told);
    }

    [Fact]
    public void Tells_how_the_stream_of_one_machine_is_kept()
    {
        var settings = DocTable.Rows(Page, "| setting | where | what |").ToDictionary(row => row[0], row => row[2].Replace(",", "", StringComparison.Ordinal));
        var hub = new HubSettings();
        Assert.EndsWith($"; {hub.PartitionCount}", settings["LocalHub__PartitionCount"], StringComparison.Ordinal);
        Assert.EndsWith($"; {hub.SegmentBytes}", settings["LocalHub__SegmentBytes"], StringComparison.Ordinal);
        Assert.EndsWith($"; {hub.MaxPartitionBytes}", settings["LocalHub__MaxPartitionBytes"], StringComparison.Ordinal);
        Assert.EndsWith($"; {hub.MaxAge}", settings["LocalHub__MaxAge"], StringComparison.Ordinal);
    }
}
