using System.Text;
using System.Text.Json;
using Cairn.Behaviour.Query.Segmentation;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Rows;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Scanning;

/// <summary>A group for whose type a file has no column left counts like any other, and is kept apart from a property of the same name.</summary>
public class Groups_past_all_columns
{
    static readonly ReportProject Project = new(LakeWorld.ProjectId, IdentityMode.Simplified, DateTimeZone.Utc);

    [Fact]
    public async Task Count_in_recent_files_and_in_the_lake()
    {
        var world = new LakeWorld();
        var full = "{" + string.Join(',', Enumerable.Range(0, RowLayout.MaxPropertyColumns).Select(i => $"\"p{i}\":1")) + "}";
        await world.StoreAsync(ItemKind.Event,
        [
            Event(1, full, ""),
            Event(2, """{"company":"a property","late":2}""", """{"company":"acme"}"""),
            Event(3, """{"late":"x"}""", """{"company":["acme","umbrella"],"te\"am":"b\\c"}"""),
            Event(4, "{}", """{"company":"acme"}"""),
        ]);
        await AssertCountedAsync(world);
        await world.MoveAsync(RowLayout.Events, 0, 102);
        await AssertCountedAsync(world);
        await world.MoveAsync(RowLayout.Events, 0, 103);
        await world.MergeAsync(RowLayout.Events, _ => true);
        await AssertCountedAsync(world);
    }

    static async Task AssertCountedAsync(LakeWorld world)
    {
        var events = new StoredEvents(world.Snapshots);
        Assert.Equal(["acme 3", "umbrella 1", "undefined 1"], await CountsAsync(events, new(PropertyScope.Group, "company")));
        Assert.Equal(["a property 1", "undefined 3"], await CountsAsync(events, new(PropertyScope.Event, "company")));
        Assert.Equal(["b\\c 1", "undefined 3"], await CountsAsync(events, new(PropertyScope.Group, "te\"am")));

        var rows = new List<string>();
        var reader = new ReportReader(events, new MemoryPeople(), new ColumnCache(1 << 20));
        await foreach (var list in new EventRows(reader).ReadAsync(new(Project, TimeRange.Ever, EventSelection.Every("all")), default)) rows.AddRange(list.Where(row => row.Number("p0") is null).Select(Shown));
        Assert.Equal(
            [
                """2 {"company":"a property","late":2} {"company":"acme"} late 2""",
                """3 {"late":"x"} {"company":["acme","umbrella"],"te\u0022am":"b\\c"} late x""",
                """4 {} {"company":"acme"} late """,
            ],
            rows.Order(StringComparer.Ordinal));
    }

    static string Shown(EventRow row)
    {
        var late = row.HasProperty("late") ? row.Text("late") ?? $"{row.Number("late")}" : "";
        return $"{row.InsertId} {Json(json => row.WriteProperties(json, _ => true))} {Json(json => row.WriteGroups(json, asLists: false))} late {late}";
    }

    static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    static async Task<List<string>> CountsAsync(IEventSource events, PropertyReference by)
    {
        var day = Instant.FromUnixTimeMilliseconds(Batches.NowMs).InUtc().Date;
        var answer = await Counting_like_the_oracle.Answer(new()
        {
            Project = Project,
            Range = Project.Days(day, day),
            Now = Instant.FromUnixTimeMilliseconds(Batches.NowMs),
            Events = [EventSelection.Every("any")],
            Breakdowns = [new Breakdown(new Expression.Property(by))],
            Switches = Switches.Mixpanel,
        }, events, new ColumnCache(1 << 20));
        return [.. answer.Series.Select(series => $"{series.Keys[0]} {series.Whole}").Order(StringComparer.Ordinal)];
    }

    static Item Event(int number, string body, string groups) => new()
    {
        Kind = ItemKind.Event, Dialect = Dialect.Mixpanel, Id = new(1, 1, number), Name = "view"u8.ToArray(), DistinctId = "ann"u8.ToArray(), ReceivedAtMs = Batches.NowMs, TimeMs = Batches.NowMs, SentTimeMs = Batches.NowMs,
        InsertId = Batches.Utf8($"{number}"), Body = Batches.Utf8(body), Groups = Batches.Utf8(groups),
    };
}
