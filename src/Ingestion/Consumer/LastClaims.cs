using System.Buffers;
using System.IO.Hashing;
using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Ingestion.Consumer;

/// <summary>
/// Who each device was last claimed for, so that the thousandth event of a signed-in user makes no thousandth row. Bounded: a
/// device forgotten is claimed once more, which changes nothing.
/// </summary>
/// <remarks>
/// A device's claims matter in the order of their receipt (Amplitude: an event without a user is its last user's). So a claim is told
/// again after <see cref="ToldAgainAfterMs"/>, and whenever it is older than one known: what came by another partition, or late from
/// the spool, sets no device wrong for longer than that. Not thread-safe.
/// </remarks>
sealed class LastClaims
{
    /// <summary>Milliseconds of receipt after which an unchanged claim is told again.</summary>
    public const long ToldAgainAfterMs = 10 * 60 * 1000;

    /// <summary>Devices in each of two generations; when the young one is full the old one goes.</summary>
    public const int MaxDevices = 16_384;

    Dictionary<UInt128, Claim> young = [];
    Dictionary<UInt128, Claim> old = [];

    /// <summary>Whether a claim is to be stored; claims by other rules than an event's device and user always are.</summary>
    public bool IsNews(string projectId, in Item claim)
    {
        if (claim.LinkRule is not (LinkRule.MixpanelDeviceAndUser or LinkRule.AmplitudeDeviceAndUser or LinkRule.SegmentAnonymousAndUser)) return true;
        var device = Hash(projectId, claim.LinkRule, claim.OtherId.Span);
        var user = XxHash3.HashToUInt64(claim.DistinctId.Span);
        if (Find(device) is { } last && last.User == user && claim.ReceivedAtMs >= last.AtMs && claim.ReceivedAtMs < last.AtMs + ToldAgainAfterMs) return false;
        Keep(device, new(user, claim.ReceivedAtMs));
        return true;
    }

    public void Clear()
    {
        young.Clear();
        old.Clear();
    }

    Claim? Find(UInt128 device)
    {
        if (young.TryGetValue(device, out var claim)) return claim;
        if (!old.TryGetValue(device, out claim)) return null;
        Keep(device, claim);
        return claim;
    }

    void Keep(UInt128 device, Claim claim)
    {
        if (young.Count >= MaxDevices)
        {
            (old, young) = (young, old);
            young.Clear();
        }
        young[device] = claim;
    }

    static UInt128 Hash(string projectId, LinkRule rule, ReadOnlySpan<byte> device)
    {
        var length = projectId.Length + 2 + device.Length;
        var rented = length <= 256 ? null : ArrayPool<byte>.Shared.Rent(length);
        var key = rented ?? stackalloc byte[256];
        var project = Encoding.ASCII.GetBytes(projectId, key);
        key[project] = 0;
        key[project + 1] = (byte)rule;
        device.CopyTo(key[(project + 2)..]);
        var hash = XxHash128.HashToUInt128(key[..length]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }

    readonly record struct Claim(ulong User, long AtMs);
}
