using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Erasure;

/// <summary>Which items of a project are erased: the one place that decides it, for the door, the consumer, compaction and every reader. Never changes.</summary>
/// <remarks>
/// An item is erased where it is from one of a person's ids as they were linked at the request, and
/// <code>
/// it was received at or before the request, or
/// it is a copy of an item that was erased: its duplicate key is one of those kept
/// </code>
/// So what the person did before stays out however often it is sent again, and what is new begins a new person. Ids and keys are kept as hashes salted with
/// the project's own salt. Who decided and why so: docs/decisions/0008-erased-items.md.
/// </remarks>
public sealed class ErasedItems
{
    /// <summary>Bytes kept of a hash of an id: no two of a project's ids share them.</summary>
    public const int IdHashBytes = 16;

    readonly FrozenDictionary<UInt128, ErasedId> ids;
    readonly FrozenDictionary<long, long> keys;

    internal ErasedItems(IdentityMode mode, byte[] salt, int requests, IReadOnlyDictionary<UInt128, ErasedId> ids, IReadOnlyDictionary<long, long> keys, IReadOnlyDictionary<string, string[]> searches)
    {
        (Mode, Salt, Requests) = (mode, salt, requests);
        this.ids = ids.ToFrozenDictionary();
        this.keys = keys.ToFrozenDictionary();
        Searches = searches.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Nobody was erased.</summary>
    public static ErasedItems None { get; } = new(IdentityMode.Simplified, [], 0, FrozenDictionary<UInt128, ErasedId>.Empty, FrozenDictionary<long, long>.Empty, FrozenDictionary<string, string[]>.Empty);

    public bool IsNone => ids.Count == 0;

    /// <summary>How many requests made it: whoever folded claims before another came folds anew.</summary>
    public int Requests { get; }

    /// <summary>Erasures whose rows may still stand in files, by their ids: the persons under which they may.</summary>
    public IReadOnlyDictionary<string, string[]> Searches { get; }

    internal IdentityMode Mode { get; }

    internal byte[] Salt { get; }

    internal IReadOnlyDictionary<UInt128, ErasedId> Ids => ids;

    internal IReadOnlyDictionary<long, long> Keys => keys;

    /// <summary>Whether an item is erased.</summary>
    /// <param name="kind">Groups' updates never are: they are about no person.</param>
    /// <param name="ids">Whose it is, as sent; for a claim its two ids stand in DistinctId and <paramref name="otherId"/>.</param>
    /// <param name="keyOf">Its duplicate key where the sender gave an insert id, else null; asked only where the ids are an erased person's.</param>
    public bool Covers(ItemKind kind, in SeenIds ids, string otherId, Func<DuplicateKey?> keyOf)
    {
        if (IsNone || Find(kind, ids, otherId) is not { } upToMs) return false;
        if (ids.Receipt.ReceivedAtMs <= upToMs) return true;
        return keys.Count > 0 && keyOf() is { } key && keys.TryGetValue(HashOf(key), out var untilMs) && ids.Receipt.ReceivedAtMs < untilMs;
    }

    /// <summary>The same for an item on its way in.</summary>
    public bool Covers(in Item item)
    {
        if (IsNone) return false;
        var copy = item;
        var seen = new SeenIds(item.Dialect, Text(item.DistinctId), Text(item.DeviceId), Text(item.UserId), new(item.ReceivedAtMs, item.Id));
        return Covers(item.Kind, seen, Text(item.OtherId), () => copy.InsertId.IsEmpty ? null : DuplicateKey.Of(copy));
    }

    internal UInt128 HashOf(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Salt, .. Encoding.UTF8.GetBytes(id)], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    internal long HashOf(DuplicateKey key)
    {
        Span<byte> salted = stackalloc byte[Salt.Length + 16];
        Salt.CopyTo(salted);
        BinaryPrimitives.WriteInt64BigEndian(salted[Salt.Length..], key.High);
        BinaryPrimitives.WriteInt64BigEndian(salted[(Salt.Length + 8)..], key.Low);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(salted, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    /// <summary>Up to which receipt an erased person's items of these ids are erased; null where they are no erased person's.</summary>
    long? Find(ItemKind kind, in SeenIds seen, string otherId)
    {
        switch (kind)
        {
            case ItemKind.Event:
                return Find(PersonMap.AddressSaid(Mode, seen, out var isDevice), isDevice, seen.Receipt);
            case ItemKind.ProfileUpdate:
                var id = UpdateRows.IdOf(seen.DistinctId ?? "", seen.DeviceId ?? "", seen.UserId ?? "");
                var followsDevice = seen.Dialect == Dialect.Amplitude && string.IsNullOrEmpty(seen.UserId);
                // An update may name a device without its prefix, as PersonMap.ProfileKeyOf says.
                return Find(id, followsDevice, seen.Receipt) ?? (Mode == IdentityMode.Simplified ? Find(AnonymousId.DevicePrefix + id, followsDevice, seen.Receipt) : null);
            case ItemKind.LinkClaim:
                return FindClaim(seen.DistinctId ?? "", otherId);
            case ItemKind.GroupUpdate:
                return null;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "no kind of item");
        }
    }

    long? Find(string id, bool isDevice, ReceiptOrder receipt)
    {
        if (id.Length == 0 || !ids.TryGetValue(HashOf(id), out var erased)) return null;
        if (!isDevice || erased.Turns.Count == 0) return erased.IsWhole ? erased.UpToMs : null;
        foreach (var turn in erased.Turns)
            if (receipt >= turn.From && receipt < turn.Before) return erased.UpToMs;
        return null;
    }

    /// <summary>A claim goes where it names the person; one between somebody else and a device that both used stays theirs.</summary>
    long? FindClaim(string id, string otherId)
    {
        var (one, other) = (FindNamed(id), FindNamed(otherId));
        if (one is not null && (other is not null || otherId.Length == 0 || !AnonymousId.IsDevice(id))) return Math.Max(one.Value, other ?? 0);
        return other is not null && !AnonymousId.IsDevice(otherId) ? other : null;
    }

    long? FindNamed(string id) => id.Length > 0 && ids.TryGetValue(HashOf(id), out var erased) ? erased.UpToMs : null;

    static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}

/// <summary>What is erased of one id.</summary>
/// <param name="UpToMs">Items received later are somebody new's, Unix milliseconds.</param>
/// <param name="IsWhole">Whether the id was the person's; false for a device of which only some turns were.</param>
/// <param name="Turns">Of a device that several users had one after the other: when the person had it. Only Amplitude's rules ask.</param>
sealed record ErasedId(long UpToMs, bool IsWhole, IReadOnlyList<ErasedTurn> Turns);

/// <param name="Before">The place where another user's turn begins.</param>
readonly record struct ErasedTurn(ReceiptOrder From, ReceiptOrder Before);
