using System.Text;
using Cairn.Ingestion;
using Cairn.Ingestion.Amplitude;
using Cairn.Model;
using Cairn.Support;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Amplitude;

/// <summary>Amplitude events translated by hand-written JSON, with the clock of the captures.</summary>
static class Translated
{
    public static readonly long ReceivedAtMs = Capture.ScenarioStart.ToUnixTimeMilliseconds();

    /// <summary>Items and verdicts of an array of events.</summary>
    public static (IReadOnlyList<SeenItem> Items, IReadOnlyList<Verdict> Verdicts) Events(
        string events, long uploadedAtMs = 0, int minIdChars = 5, FieldNames names = FieldNames.HttpV2) =>
        With(names, uploadedAtMs, minIdChars, translator => translator.AddEvents(Encoding.UTF8.GetBytes(events)));

    /// <summary>Items of one event with an id and a type; <paramref name="members"/> are added to it.</summary>
    public static IReadOnlyList<SeenItem> Event(string members, string type = "Viewed", string ids = "\"user_id\":\"ann-cap\"")
    {
        var (items, verdicts) = Events($$"""[{"event_type":"{{type}}",{{ids}}{{(members == "" ? "" : "," + members)}}}]""");
        Assert.Equal(Verdict.Accepted, Assert.Single(verdicts));
        return items;
    }

    /// <summary>The body of the one item of a kind.</summary>
    public static string BodyOf(this IReadOnlyList<SeenItem> items, ItemKind kind) => Assert.Single(items, item => item.Kind == kind).Body;

    public static (IReadOnlyList<SeenItem> Items, IReadOnlyList<Verdict> Verdicts) With(
        FieldNames names, long uploadedAtMs, int minIdChars, Func<AmplitudeTranslator, Verdict> add)
    {
        using var batch = new ItemBatch(Dialect.Amplitude, ReceivedAtMs);
        using var translator = new AmplitudeTranslator(batch, new(ReceivedAtMs, uploadedAtMs), minIdChars, names);
        Assert.Equal(Verdict.Accepted, add(translator));
        return (SeenItem.All(batch), batch.Verdicts.ToArray());
    }
}
