using Cairn.Model;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>The columns that make a row's duplicate key, and the key made of them: equal to the one that recent files keep.</summary>
static class RowKeys
{
    /// <summary>What kind of items a table's rows are.</summary>
    public static ItemKind KindOf(string table) => table switch
    {
        RowLayout.Events => ItemKind.Event,
        RowLayout.ProfileUpdates => ItemKind.ProfileUpdate,
        RowLayout.GroupUpdates => ItemKind.GroupUpdate,
        RowLayout.Identities => ItemKind.LinkClaim,
        _ => throw new ArgumentException($"'{table}' is no table of rows", nameof(table)),
    };

    /// <summary>The column of an item's name.</summary>
    public static string? NameOf(ItemKind kind) => kind switch { ItemKind.Event => RowLayout.Event, ItemKind.GroupUpdate => RowLayout.GroupType, _ => null };

    /// <summary>Columns of texts that a table's keys are made of; <see cref="RowLayout.SentTime"/> is part of them too.</summary>
    public static IReadOnlyList<string> TextsOf(string table)
    {
        var kind = KindOf(table);
        List<string> names = [RowLayout.ItemId, RowLayout.InsertId, RowLayout.DialectName, RowLayout.DistinctId, RowLayout.DeviceId, RowLayout.UserId];
        if (NameOf(kind) is { } name) names.Add(name);
        if (kind is ItemKind.ProfileUpdate or ItemKind.GroupUpdate) names.Add(RowLayout.Operations);
        if (kind == ItemKind.LinkClaim) names.Add(RowLayout.OtherId);
        return names;
    }

    /// <summary>Columns that order rows of one person and time: event, insert id, item id.</summary>
    public static IReadOnlyList<string> TiesOf(string table) =>
        NameOf(KindOf(table)) is { } name ? [name, RowLayout.InsertId, RowLayout.ItemId] : [RowLayout.InsertId, RowLayout.ItemId];

    /// <summary>Columns in which hardly a text repeats.</summary>
    public static IReadOnlySet<string> Ids { get; } = new HashSet<string>(StringComparer.Ordinal) { RowLayout.ItemId, RowLayout.InsertId };
}

/// <summary>Makes rows' keys of their columns.</summary>
sealed class RowKeyMaker
{
    readonly ItemKind kind;
    readonly KeyTexts itemIds, insertIds, dialects, distinctIds, deviceIds, userIds;
    readonly KeyTexts? names, bodies, otherIds;
    readonly Dialect[] dialectByCode;

    /// <param name="texts">The columns of <see cref="RowKeys.TextsOf"/>, by name.</param>
    public RowKeyMaker(string table, IReadOnlyDictionary<string, KeyTexts> texts)
    {
        kind = RowKeys.KindOf(table);
        (itemIds, insertIds, dialects) = (texts[RowLayout.ItemId], texts[RowLayout.InsertId], texts[RowLayout.DialectName]);
        (distinctIds, deviceIds, userIds) = (texts[RowLayout.DistinctId], texts[RowLayout.DeviceId], texts[RowLayout.UserId]);
        names = RowKeys.NameOf(kind) is { } name ? texts[name] : null;
        bodies = texts.GetValueOrDefault(RowLayout.Operations);
        otherIds = texts.GetValueOrDefault(RowLayout.OtherId);
        dialectByCode = new Dialect[dialects.Texts.Count];
        for (var code = 0; code < dialectByCode.Length; code++) dialectByCode[code] = DialectNames.Of(dialects.Texts[code]);
    }

    /// <summary>The key of a row.</summary>
    /// <param name="sentMs">The time as sent, <see cref="Int64Column.Null"/> for none.</param>
    public DuplicateKey Of(int row, long sentMs)
    {
        var insertId = insertIds[row];
        ItemId id = default;
        if (insertId.IsEmpty && !ItemId.TryParse(itemIds[row], out id)) throw new InvalidDataException("a row has no item id");
        return DuplicateKey.Of(new SentParts
        {
            Kind = kind,
            Dialect = dialectByCode[dialects.Codes[row]],
            Id = id,
            Name = names is null ? default : names[row],
            DistinctId = distinctIds[row],
            DeviceId = deviceIds[row],
            UserId = userIds[row],
            SentTimeMs = sentMs == Int64Column.Null ? 0 : sentMs,
            InsertId = insertId,
            Body = bodies is null ? default : bodies[row],
            OtherId = otherIds is null ? default : otherIds[row],
        });
    }

    /// <summary>Whether a row's key holds the time as sent.</summary>
    public bool HoldsSentTime(int row) => insertIds.Codes[row] >= 0 && dialectByCode[dialects.Codes[row]] != Dialect.Amplitude;
}
