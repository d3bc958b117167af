using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Rows;

namespace Cairn.Query.Persons;

/// <summary>What rows say of who they are from.</summary>
sealed class SeenTexts(TextColumn? dialects, TextColumn? distinctIds, TextColumn? deviceIds, TextColumn? userIds)
{
    public static async ValueTask<SeenTexts> ReadAsync(RowFile file, CancellationToken cancellationToken) => new(
        await file.ReadTextAsync(RowLayout.DialectName, cancellationToken),
        await file.ReadTextAsync(RowLayout.DistinctId, cancellationToken),
        await file.ReadTextAsync(RowLayout.DeviceId, cancellationToken),
        await file.ReadTextAsync(RowLayout.UserId, cancellationToken));

    public (int, int, int, int) KeyOf(int row) => (CodeOf(dialects, row), CodeOf(distinctIds, row), CodeOf(deviceIds, row), CodeOf(userIds, row));

    public SeenIds At(int row, ReceiptOrder receipt) => new(DialectAt(row), TextAt(distinctIds, row), TextAt(deviceIds, row), TextAt(userIds, row), receipt);

    Dialect DialectAt(int row) => TextAt(dialects, row) switch { "amplitude" => Dialect.Amplitude, "segment" => Dialect.Segment, _ => Dialect.Mixpanel };

    static int CodeOf(TextColumn? column, int row) => column?.Codes[row] ?? TextColumn.Null;

    static string? TextAt(TextColumn? column, int row) => CodeOf(column, row) is >= 0 and var code ? column!.Dictionary.Text(code) : null;
}
