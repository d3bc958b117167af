using System.Text.Json;
using Cairn.Model;
using Cairn.Query.Scanning;
using Cairn.Storage.Recent;

namespace Cairn.Support.Query;

/// <summary>Event rows held in lists, for tests: each part is a list of events, cut into the same columns as a recent file.</summary>
public sealed class MemoryEvents : IEventSource
{
    readonly List<PartRows> parts = [];
    long? dataUpToMs;

    public static MemoryEvents Of(params IEnumerable<MemoryEvent> events)
    {
        var source = new MemoryEvents();
        source.AddPart(events);
        return source;
    }

    /// <summary>Adds a part.</summary>
    /// <param name="leftOut">Rows that do not count.</param>
    public void AddPart(IEnumerable<MemoryEvent> events, params int[] leftOut)
    {
        var rows = events.ToList();
        ulong[]? mask = leftOut.Length == 0 ? null : new ulong[rows.Count / 64 + 1];
        foreach (var row in leftOut) mask![row >> 6] |= 1UL << (row & 63);
        parts.Add(new(new Part($"part {parts.Count}", rows), mask));
        foreach (var row in rows) dataUpToMs = Math.Max(dataUpToMs ?? long.MinValue, (row.ReceivedAt ?? row.Time).ToUnixTimeMilliseconds());
    }

    public ValueTask<EventSnapshot> OpenAsync(string projectId, CancellationToken cancellationToken) => new(new EventSnapshot([.. parts], dataUpToMs));

    sealed class Part : IEventPart
    {
        readonly Dictionary<string, object?[]> columns = new(StringComparer.Ordinal);

        public Part(string key, List<MemoryEvent> rows)
        {
            (Key, RowCount) = (key, rows.Count);
            for (var row = 0; row < rows.Count; row++) Add(row, rows[row]);
            var times = rows.Select(row => row.Time.ToUnixTimeMilliseconds()).DefaultIfEmpty();
            Times = (times.Min(), times.Max());
        }

        public string Key { get; }

        public int RowCount { get; }

        public (long FirstMs, long LastMs) Times { get; }

        public IReadOnlyList<string> ColumnNames => [.. columns.Keys];

        public bool Has(string column) => columns.ContainsKey(column);

        public ValueTask<TextColumn> ReadTextAsync(string column, CancellationToken cancellationToken)
        {
            var entries = columns[column].OfType<string>().Distinct().ToList();
            return new(new TextColumn(entries, [.. columns[column].Select(value => value is string text ? entries.IndexOf(text) : -1)]));
        }

        public ValueTask<NumberColumn> ReadNumberAsync(string column, CancellationToken cancellationToken) =>
            new(new NumberColumn([.. columns[column].Select(value => value is double number ? number : double.NaN)]));

        public ValueTask<FlagColumn> ReadFlagAsync(string column, CancellationToken cancellationToken) =>
            new(new FlagColumn([.. columns[column].Select(value => (sbyte)(value is bool flag ? flag ? 1 : 0 : -1))]));

        public ValueTask<LongColumn> ReadLongAsync(string column, CancellationToken cancellationToken) =>
            new(new LongColumn([.. columns[column].Select(value => value is long number ? number : LongColumn.Missing)]));

        void Add(int row, MemoryEvent item)
        {
            Set(RecentLayout.Event, row, item.Name);
            Set(RecentLayout.Time, row, item.Time.ToUnixTimeMilliseconds());
            Set(RecentLayout.ReceivedAt, row, (item.ReceivedAt ?? item.Time).ToUnixTimeMilliseconds());
            Set(RecentLayout.ItemId, row, new ItemId(1, 2, row).ToString());
            Set(RecentLayout.DistinctId, row, item.DistinctId);
            Set(RecentLayout.DeviceId, row, item.DeviceId);
            Set(RecentLayout.UserId, row, item.UserId);
            Set(RecentLayout.DialectName, row, item.Dialect.ToString().ToLowerInvariant());
            foreach (var property in item.PropertiesElement.EnumerateObject())
            {
                var value = property.Value;
                switch (value.ValueKind)
                {
                    case JsonValueKind.String: Set(RecentLayout.Text + property.Name, row, value.GetString()); break;
                    case JsonValueKind.Number: Set(RecentLayout.Number + property.Name, row, value.GetDouble()); break;
                    case JsonValueKind.True or JsonValueKind.False: Set(RecentLayout.Boolean + property.Name, row, value.GetBoolean()); break;
                    case JsonValueKind.Array or JsonValueKind.Object: Set(RecentLayout.Json + property.Name, row, value.GetRawText()); break;
                    case JsonValueKind.Null or JsonValueKind.Undefined: break;
                }
            }
        }

        void Set(string column, int row, object? value)
        {
            if (value is null) return;
            if (!columns.TryGetValue(column, out var values)) columns.Add(column, values = new object?[RowCount]);
            values[row] = value;
        }
    }
}
