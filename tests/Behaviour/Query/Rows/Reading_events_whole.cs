using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Rows;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Rows;

/// <summary>Events are read whole some rows at a time, so that a large file with many columns is never held at once.</summary>
public sealed class Reading_events_whole
{
    /// <summary>Rows of one file: more than one list of them.</summary>
    const int Events = 70_000;

    static readonly ReportProject Project = new("p", IdentityMode.Simplified, DateTimeZone.Utc);

    static readonly DateTimeOffset First = new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Gives_each_row_once_with_its_own_values_in_lists_of_some()
    {
        var (lists, rows) = await ReadAsync(columns: 1);
        Assert.All(lists, count => Assert.InRange(count, 1, 32 * 1024));
        Assert.True(lists.Count > 2, $"{lists.Count} lists");
        Assert.Equal(Enumerable.Range(0, Events).Select(Line), rows);
    }

    [Fact]
    public async Task Takes_fewer_rows_where_there_are_many_columns()
    {
        var (few, _) = await ReadAsync(columns: 1);
        var (many, rows) = await ReadAsync(columns: 1_500);
        Assert.True(many.Max() * 1_500 <= 16 * 1024 * 1024 && many.Max() < few.Max(), $"{many.Max()} rows at once");
        Assert.Equal(Enumerable.Range(0, Events).Select(Line), rows);
    }

    /// <summary>Every event has one number, under one of so many names.</summary>
    static async Task<(List<int> Lists, List<string> Rows)> ReadAsync(int columns)
    {
        var events = Enumerable.Range(0, Events).Select(i => new MemoryEvent("View", First.AddSeconds(i), $"person {i % 5}", $"{{\"p{i % columns}\":{i}}}"));
        var reader = new ReportReader(MemoryEvents.Of(events).Source, new MemoryPeople(), new ColumnCache(1 << 24));
        var (lists, rows) = (new List<int>(), new List<string>());
        await foreach (var list in new EventRows(reader).ReadAsync(new(Project, TimeRange.Ever, EventSelection.Every("all")), CancellationToken.None))
        {
            lists.Add(list.Count);
            foreach (var row in list) rows.Add($"{row.Person} {row.TimeMs} {row.Number($"p{rows.Count % columns}")}");
        }
        return (lists, rows);
    }

    static string Line(int i) => $"person {i % 5} {First.AddSeconds(i).ToUnixTimeMilliseconds()} {i}";
}
