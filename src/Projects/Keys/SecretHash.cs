using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cairn.Projects.Keys;

/// <summary>A secret as it is kept: <c>pbkdf2-sha256$iterations$salt$hash</c>, salt and hash in base64.</summary>
/// <remarks>
/// Our secrets are random texts of at least 128 bits, so no number of guesses finds one; the iterations are there for the copy of the table that gets
/// lost. They cost about 5 ms, which also bounds what a stranger's wrong guesses cost us; right answers are remembered (<see cref="VerifiedCredentials"/>).
/// </remarks>
static class SecretHash
{
    const int Iterations = 20_000, SaltBytes = 16, HashBytes = 32;

    /// <summary>Compared with where there is nothing to compare with, so that a wrong name takes as long as a wrong secret.</summary>
    static readonly string OfNothing = Make(RandomNumberGenerator.GetHexString(32));

    public static string Make(string secret)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"pbkdf2-sha256${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(secret, salt, Iterations))}");
    }

    /// <param name="kept">What <see cref="Make"/> gave; null where there is no such name.</param>
    public static bool Verify(string secret, string? kept)
    {
        var parts = (kept ?? OfNothing).Split('$');
        if (parts is not ["pbkdf2-sha256", var iterations, var salt, var hash])
            throw new InvalidDataException($"A kept secret begins with '{parts[0]}' and has {parts.Length} parts, expected pbkdf2-sha256 and 4.");
        var derived = Derive(secret, Convert.FromBase64String(salt), int.Parse(iterations, CultureInfo.InvariantCulture));
        return CryptographicOperations.FixedTimeEquals(derived, Convert.FromBase64String(hash)) & kept is not null;
    }

    static byte[] Derive(string secret, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), salt, iterations, HashAlgorithmName.SHA256, HashBytes);
}
