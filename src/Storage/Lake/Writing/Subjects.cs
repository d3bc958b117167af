using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Whose each row of a segment is: what rows are sorted and shared out by.</summary>
/// <remarks>
/// A person for events and profile updates, by the ids as sent and the links known when the file is written; the group of a group's update; the first id of a claim.
/// Texts are made once per combination of ids, not once a row.
/// </remarks>
sealed class Subjects(string table, PersonMap persons)
{
    /// <summary>Not looked up yet.</summary>
    const int Unknown = -2;

    readonly Dictionary<(int Dialect, int DistinctId, int DeviceId, int UserId), int> byIds = [];

    /// <summary>Whether rows have a person of their own column.</summary>
    public bool ArePersons { get; } = table is RowLayout.Events or RowLayout.ProfileUpdates;

    /// <summary>Each row's subject, as <paramref name="codeOf"/> numbers it; -1 for rows that say nothing of who.</summary>
    /// <param name="rows">The segment's rows that are wanted.</param>
    public async ValueTask ReadAsync(RowSegment segment, int[] rows, int[] into, Utf8CodeOf codeOf, CancellationToken cancellationToken)
    {
        var first = (TextColumn?)await segment.PeekAsync(RowLayout.DistinctId, cancellationToken);
        if (!ArePersons)
        {
            var types = table == RowLayout.GroupUpdates ? (TextColumn?)await segment.PeekAsync(RowLayout.GroupType, cancellationToken) : null;
            ReadPlain(first, types, rows, into, codeOf);
            return;
        }
        var dialects = (TextColumn?)await segment.PeekAsync(RowLayout.DialectName, cancellationToken) ?? throw new InvalidDataException($"rows lack the column {RowLayout.DialectName}");
        var devices = (TextColumn?)await segment.PeekAsync(RowLayout.DeviceId, cancellationToken);
        var users = (TextColumn?)await segment.PeekAsync(RowLayout.UserId, cancellationToken);
        var byName = DialectNames.Of(dialects);
        // Only Amplitude's rules look at the receipt.
        var asksReceipt = persons.HasTimelines && byName.Contains(Dialect.Amplitude);
        var receivedAt = asksReceipt ? (Int64Column?)await segment.ReadAsync(RowLayout.ReceivedAt, cancellationToken) : null;
        var itemIds = asksReceipt ? (TextColumn?)await segment.ReadAsync(RowLayout.ItemId, cancellationToken, distinct: false) : null;
        new Reading(persons, byName, dialects, first, devices, users, receivedAt, itemIds, codeOf, byIds).Read(rows, into);
    }

    static void ReadPlain(TextColumn? ids, TextColumn? types, int[] rows, int[] into, Utf8CodeOf codeOf)
    {
        var known = new Dictionary<(int, int), int>();
        for (var i = 0; i < rows.Length; i++)
        {
            var key = (types?.Codes[rows[i]] ?? -1, ids?.Codes[rows[i]] ?? -1);
            if (!known.TryGetValue(key, out var code))
            {
                var id = ids is null ? default : ids.Utf8(rows[i]);
                code = types is not null ? codeOf(Encoding.UTF8.GetBytes(GroupKey.Of(Encoding.UTF8.GetString(types.Utf8(rows[i])), Encoding.UTF8.GetString(id)))) : id.IsEmpty ? -1 : codeOf(id);
                known.Add(key, code);
            }
            into[i] = code;
        }
    }

    /// <summary>One segment's columns of ids.</summary>
    sealed class Reading(
        PersonMap persons, Dialect[] byName, TextColumn dialects, TextColumn? distinctIds, TextColumn? deviceIds, TextColumn? userIds,
        Int64Column? receivedAt, TextColumn? itemIds, Utf8CodeOf codeOf, Dictionary<(int, int, int, int), int> byIds)
    {
        public void Read(int[] rows, int[] into)
        {
            byIds.Clear();
            // By far the most rows have a distinct id alone.
            var byDistinctId = new int[distinctIds?.Dictionary.Count ?? 0];
            Array.Fill(byDistinctId, Unknown);
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                var (distinct, device, user) = (distinctIds?.Codes[row] ?? -1, deviceIds?.Codes[row] ?? -1, userIds?.Codes[row] ?? -1);
                var dialect = byName[dialects.Codes[row]];
                if (distinct >= 0 && device < 0 && user < 0 && dialect == Dialect.Mixpanel)
                {
                    ref var known = ref byDistinctId[distinct];
                    if (known == Unknown) known = Resolve(row, dialect);
                    into[i] = known;
                    continue;
                }
                if (receivedAt is not null && dialect == Dialect.Amplitude && user < 0)
                {
                    into[i] = Resolve(row, dialect);
                    continue;
                }
                if (!byIds.TryGetValue(((int)dialect, distinct, device, user), out into[i])) byIds.Add(((int)dialect, distinct, device, user), into[i] = Resolve(row, dialect));
            }
        }

        int Resolve(int row, Dialect dialect)
        {
            var receipt = receivedAt is null ? ReceiptOrder.First
                : ItemId.TryParse(itemIds!.Utf8(row), out var id) ? new ReceiptOrder(receivedAt.Values[row], id)
                : ReceiptOrder.EndOf(receivedAt.Values[row]);
            var person = persons.PersonOf(new SeenIds(dialect, Text(distinctIds, row), Text(deviceIds, row), Text(userIds, row), receipt));
            return person.Length == 0 ? -1 : codeOf(Encoding.UTF8.GetBytes(person));
        }

        static string? Text(TextColumn? column, int row) => column is null || column.Codes[row] < 0 ? null : column.Dictionary.Text(column.Codes[row]);
    }
}

/// <summary>The code of a text.</summary>
delegate int Utf8CodeOf(ReadOnlySpan<byte> utf8);

/// <summary>Dialects as columns name them.</summary>
static class DialectNames
{
    /// <summary>By the column's codes.</summary>
    public static Dialect[] Of(TextColumn names)
    {
        var dialects = new Dialect[names.Dictionary.Count];
        for (var code = 0; code < dialects.Length; code++) dialects[code] = Of(names.Dictionary[code]);
        return dialects;
    }

    public static Dialect Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.SequenceEqual("mixpanel"u8)) return Dialect.Mixpanel;
        if (utf8.SequenceEqual("amplitude"u8)) return Dialect.Amplitude;
        if (utf8.SequenceEqual("segment"u8)) return Dialect.Segment;
        throw new InvalidDataException($"'{Encoding.UTF8.GetString(utf8)}' is no dialect");
    }
}
