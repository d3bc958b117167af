using System.Text.Json;
using Cairn.Support;
using Cairn.Support.Cost;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>docs/operations/cost.md is what scripts/cost.sh makes of what was measured and the list prices.</summary>
public class The_page_about_cost
{
    [Fact]
    public void Is_computed_from_what_was_measured_and_the_prices() => Assert.Equal(CostPage.Of(MeasuredCost.Read()), File.ReadAllText(CostPage.File));

    [Fact]
    public void Waits_for_as_many_messages_as_the_host_does()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(RepositoryFolder.Of("host.json")));
        Assert.Equal(CostOfMonth.BatchMessages, settings.RootElement.GetProperty("extensions").GetProperty("eventHubs").GetProperty("minEventBatchSize").GetInt32());
    }

    [Fact]
    public void Has_a_price_for_every_kind_of_request()
    {
        var measured = MeasuredCost.Read();
        var kinds = measured.PerIdleRun.Values.Concat([measured.PerBatch, measured.PerUpdate, measured.PerRecentFile, measured.PerCommit, measured.PerMillionEvents, measured.PerInstanceMinute]).SelectMany(requests => requests.Keys);
        Assert.Subset(Price.TenThousandRequests.Keys.ToHashSet(), kinds.ToHashSet());
    }

    /// <summary>By hand, for numbers that are easy: what is paid for at rest, and that each thing grows with its cause.</summary>
    [Fact]
    public void Adds_up()
    {
        var none = new Dictionary<string, double>();
        var measured = new MeasuredCost("nowhere", 100, 1, 20, 2, 10, new Dictionary<string, double> { ["blob write"] = 1 }, none, none, none, none, none, new Dictionary<string, IReadOnlyDictionary<string, double>>());
        var month = new CostOfMonth(measured, 1e9, 8);
        // A thousand million events are a hundred million requests and messages of ten; a partition has 4.76 a second, so 20 in four seconds.
        Assert.Equal((1e8, 1e8), (month.Requests, month.Messages));
        Assert.InRange(month.Batches, 4.9e6, 5.1e6);
        Assert.Equal(month.Batches / 1e4 * 0.055, month.RequestsDollars("blob"), 6);
        Assert.Equal(0, month.RequestsDollars("table"));
        // 38 messages a second, 114 at the busiest time, and 0.1 MB/s: one unit.
        Assert.Equal((1, 21.9 + 2.8), (month.ThroughputUnits, Math.Round(month.StreamDollars, 6)));
        Assert.Equal(20 * 12 * 0.0208, month.LakeDollars(12), 6);
        var tenfold = month with { Events = 1e10 };
        Assert.True(tenfold.TotalDollars < 10 * month.TotalDollars && tenfold.TotalDollars > month.TotalDollars);
    }
}
