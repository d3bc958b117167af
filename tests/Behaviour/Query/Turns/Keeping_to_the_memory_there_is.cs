using Cairn.Query.Definitions;
using Cairn.Query.Turns;
using Xunit;

namespace Cairn.Behaviour.Query.Turns;

/// <summary>A report that needs too much memory stops with advice; many together never take more than there is.</summary>
public class Keeping_to_the_memory_there_is
{
    const long Share = ReportMemoryPool.MaxBytesOfReport;

    [Fact]
    public void A_report_past_its_share_is_told_what_to_narrow()
    {
        var pool = new ReportMemoryPool();
        using var memory = pool.Open();
        memory.Take(Share, "breakdowns", "filter");
        var refusal = Assert.Throws<DefinitionException>(() => memory.Take(1, "breakdowns", "break down by less"));
        Assert.Equal("breakdowns", refusal.Field);
        Assert.Contains("break down by less", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_together_take_what_there_is_and_give_it_back()
    {
        var pool = new ReportMemoryPool();
        var open = new List<ReportMemory>();
        for (var taken = Share; taken <= ReportMemoryPool.MaxBytesOfAll + open.Count * ReportMemoryPool.BytesOfLightReport; taken += Share)
        {
            open.Add(pool.Open());
            open[^1].Take(Share, "range", "less");
        }
        using var late = pool.Open();
        Assert.Throws<ReportsBusyException>(() => late.Take(Share, "range", "less"));
        // What was refused is not held, and what was held is there again once an answer is given.
        open[0].Dispose();
        late.Take(Share, "range", "less");
        open.ForEach(memory => memory.Dispose());
    }

    [Fact]
    public void A_light_report_has_its_little_whatever_heavy_ones_hold()
    {
        var pool = new ReportMemoryPool();
        var heavy = new List<ReportMemory>();
        while (true)
        {
            heavy.Add(pool.Open());
            try
            {
                heavy[^1].Take(Share, "range", "less");
            }
            catch (ReportsBusyException)
            {
                break;
            }
        }
        var light = pool.Open();
        light.Take(ReportMemoryPool.BytesOfLightReport, "range", "less");
        light.Dispose();
        heavy.ForEach(memory => memory.Dispose());
        // Nothing is left behind: as many heavy ones begin again.
        var again = heavy.Take(heavy.Count - 1).Select(_ => pool.Open()).ToList();
        again.ForEach(memory => memory.Take(Share, "range", "less"));
    }
}
