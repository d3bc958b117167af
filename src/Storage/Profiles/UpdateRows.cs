using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Profiles;

/// <summary>Reads profile and group updates back from rows of <c>profile_updates</c> and <c>group_updates</c>.</summary>
public static class UpdateRows
{
    static readonly string Amplitude = nameof(Dialect.Amplitude).ToLowerInvariant();

    /// <summary>The updates of these rows, each with the id (for groups, the <see cref="GroupKey"/>) that it names.</summary>
    public static async ValueTask<IReadOnlyList<(string Id, ProfileUpdate Update)>> ReadAsync(RowFile file, IReadOnlyList<int> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return [];
        var orders = await RowOrders.ReadAsync(file, cancellationToken);
        var dialects = new RowTexts(await file.ReadTextAsync(RowLayout.DialectName, cancellationToken));
        var distinctIds = new RowTexts(await file.ReadTextAsync(RowLayout.DistinctId, cancellationToken));
        var deviceIds = new RowTexts(await file.ReadTextAsync(RowLayout.DeviceId, cancellationToken));
        var userIds = new RowTexts(await file.ReadTextAsync(RowLayout.UserId, cancellationToken));
        var groupTypes = await file.ReadTextAsync(RowLayout.GroupType, cancellationToken) is { } column ? new RowTexts(column) : null;
        var operations = await file.ReadTextAsync(RowLayout.Operations, cancellationToken);
        var updates = new (string, ProfileUpdate)[rows.Count];
        for (var i = 0; i < updates.Length; i++)
        {
            var row = rows[i];
            var code = operations?.Codes[row] ?? TextColumn.Null;
            var body = code == TextColumn.Null ? default : operations!.Dictionary.Memory(code);
            var followsDevice = groupTypes is null && userIds[row].Length == 0 && dialects[row] == Amplitude;
            var id = groupTypes is not null ? GroupKey.Of(groupTypes[row], distinctIds[row]) : IdOf(distinctIds[row], deviceIds[row], userIds[row]);
            updates[i] = (id, new(orders[row], body, followsDevice));
        }
        return updates;
    }

    /// <summary>Whose profile an update is for.</summary>
    public static string IdOf(string distinctId, string deviceId, string userId) =>
        distinctId.Length > 0 ? distinctId
        : userId.Length > 0 ? userId
        : deviceId.Length > 0 ? AnonymousId.DevicePrefix + deviceId
        : "";
}
