using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cairn.Projects.Keys;

/// <summary>Remembers which credentials were right or wrong, so that the slow check runs once a minute and not once a request.</summary>
/// <remarks>
/// Kept under an HMAC with a key that lives in this process only: neither the credentials nor anything to guess them by is in memory. A change made in this
/// process empties it at once; one made elsewhere counts within <see cref="VerifiedFor"/>.
/// </remarks>
sealed class VerifiedCredentials(KeyChanges changes, TimeProvider clock)
{
    /// <summary>How long right credentials are remembered.</summary>
    public static readonly TimeSpan VerifiedFor = TimeSpan.FromSeconds(60);

    /// <summary>How long wrong ones are: a client that keeps asking with them costs one check in this time.</summary>
    public static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(10);

    /// <summary>Past it all are forgotten; strangers' guesses then cost checks, not memory.</summary>
    const int MaxRemembered = 10_000;

    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    readonly ConcurrentDictionary<string, Remembered> _remembered = new(StringComparer.Ordinal);

    /// <param name="check">The slow way; gives what the credentials allow and until when, null where they are wrong.</param>
    public async ValueTask<Access?> GetAsync(string user, string password, Func<Task<(Access Access, DateTimeOffset? Until)?>> check)
    {
        var id = IdOf(user, password);
        var now = clock.GetUtcNow();
        if (_remembered.TryGetValue(id, out var known) && known.Version == changes.Version && now < known.Until) return known.Access;

        var version = changes.Version;
        var answer = await check();
        var until = now + (answer is null ? RefusedFor : VerifiedFor);
        if (answer?.Until is { } end && end < until) until = end;
        if (_remembered.Count >= MaxRemembered) _remembered.Clear();
        _remembered[id] = new Remembered(answer?.Access, version, until);
        return answer?.Access;
    }

    string IdOf(string user, string password) => Convert.ToHexString(HMACSHA256.HashData(
        _key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{user.Length}:{user}{password}"))));

    sealed record Remembered(Access? Access, long Version, DateTimeOffset Until);
}
