using System.Text;
using Cairn.Ingestion;
using Cairn.Ingestion.Segment;
using Cairn.Model;
using Cairn.Support;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Segment;

/// <summary>Segment messages translated by hand-written JSON, with the clock of the captures.</summary>
static class Translated
{
    public static readonly long ReceivedAtMs = Capture.ScenarioStart.ToUnixTimeMilliseconds();

    /// <summary>Items and verdicts of a body.</summary>
    public static (IReadOnlyList<SeenItem> Items, IReadOnlyList<Verdict> Verdicts) Body(string json, SegmentCall byPath = SegmentCall.Unknown)
    {
        using var batch = new ItemBatch(Dialect.Segment, ReceivedAtMs);
        using var translator = new SegmentTranslator(batch);
        Assert.Equal(Verdict.Accepted, translator.Add(Encoding.UTF8.GetBytes(json), byPath, out _));
        return (SeenItem.All(batch), batch.Verdicts.ToArray());
    }

    /// <summary>The items of one accepted message of a user.</summary>
    public static IReadOnlyList<SeenItem> Message(SegmentCall call, string members)
    {
        var (items, verdicts) = Body($$"""{"userId":"ann",{{members}}}""", call);
        Assert.Equal(Verdict.Accepted, Assert.Single(verdicts));
        return items;
    }
}
