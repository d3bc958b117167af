using Cairn.Storage.Rows;

namespace Cairn.Query.Persons;

/// <summary>A profile update as it is kept.</summary>
/// <param name="TimeMs">When it happened, Unix milliseconds.</param>
/// <param name="ReceivedAtMs">When the door read it, Unix milliseconds: updates are folded in this order.</param>
/// <param name="Operations">One JSON object from operations to arguments: docs/semantics/profiles.md.</param>
public sealed record ProfileChange(
    string ItemId, long TimeMs, long ReceivedAtMs, string? DistinctId, string? DeviceId, string? UserId, string? InsertId, string Dialect, string? Sdk, ReadOnlyMemory<byte> Operations)
{
    /// <summary>Updates of a file of <c>profile_updates</c>, row by row.</summary>
    internal static async ValueTask<IReadOnlyList<ProfileChange>> ReadAsync(RowFile file, IEnumerable<int> rows, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, RowTexts>(StringComparer.Ordinal);
        foreach (var column in (string[])[RowLayout.ItemId, RowLayout.DistinctId, RowLayout.DeviceId, RowLayout.UserId, RowLayout.InsertId, RowLayout.DialectName, RowLayout.Sdk])
            texts.Add(column, new(await file.ReadTextAsync(column, cancellationToken)));
        var times = await file.ReadInt64Async(RowLayout.Time, cancellationToken);
        var receipts = await file.ReadInt64Async(RowLayout.ReceivedAt, cancellationToken);
        var operations = await file.ReadTextAsync(RowLayout.Operations, cancellationToken);
        return [.. rows.Select(row => new ProfileChange(
            texts[RowLayout.ItemId][row], times?.Values[row] ?? 0, receipts?.Values[row] ?? 0, Text(RowLayout.DistinctId, row), Text(RowLayout.DeviceId, row), Text(RowLayout.UserId, row),
            Text(RowLayout.InsertId, row), texts[RowLayout.DialectName][row], Text(RowLayout.Sdk, row),
            operations is null || operations.Codes[row] < 0 ? "{}"u8.ToArray() : operations.Dictionary.Memory(operations.Codes[row])))];

        string? Text(string column, int row) => texts[column][row] is { Length: > 0 } text ? text : null;
    }
}
