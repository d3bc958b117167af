using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Segmentation;
using NodaTime;
using NodaTime.Text;

namespace Cairn.Api.V1.Segmentation;

/// <summary>Reads which number's people are asked for: <c>people</c>.</summary>
static class NumberFields
{
    const string PeopleValid = "{\"event\": 0, \"keys\": [\"pro\"], \"bucket\": \"2025-06-01\"}, or {} for everybody of the first event";

    static readonly LocalDateTimePattern Minute = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    /// <summary>The number; null where the whole answer is asked for.</summary>
    public static SegmentationNumber? Read(DefinitionFields fields, out PeoplePage page)
    {
        page = default;
        if (fields.Object("people", PeopleValid) is not { } people) return null;
        var bin = people.Object("bin", "{\"from\": 5, \"until\": 10}, as the answer has it");
        var number = new SegmentationNumber(
            people.Whole("event", 0, 0, SegmentationDefinition.MaxEvents - 1),
            people.Whole("compared", 0, 0, SegmentationDefinition.MaxLines - 1),
            people.Choice("kind", SeriesKind.Value, SeriesText.Kinds),
            [.. people.List("keys", "the value of each breakdown").Select(item => item.Element.ToString())],
            BucketOf(people),
            bin is null ? null : End(bin, "from", double.NegativeInfinity),
            bin is null ? double.PositiveInfinity : End(bin, "until", double.PositiveInfinity));
        bin?.RefuseOthers();
        page = PeoplePage.Read(people);
        people.RefuseOthers();
        return number;
    }

    static LocalDateTime? BucketOf(DefinitionFields people)
    {
        if (people.Text("bucket", "one of the answer's buckets") is not { } text) return null;
        var (date, minute) = (LocalDatePattern.Iso.Parse(text), Minute.Parse(text));
        if (date.Success) return date.Value.AtMidnight();
        if (minute.Success) return minute.Value;
        people.Fail("bucket", $"'{text}' is no moment.", "2025-06-01, or 2025-06-01T08:00");
        return null;
    }

    static double End(DefinitionFields bin, string name, double fallback)
    {
        if (bin.Any(name) is not { } found) return fallback;
        if (found.ValueKind == JsonValueKind.Number) return found.GetDouble();
        bin.Fail(name, "It must be a number.", "a number, or null");
        return fallback;
    }
}
