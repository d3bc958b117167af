using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cairn.Storage.Erasure;

namespace Cairn.Projects.Privacy;

/// <summary>Writes a receipt: what was taken out of which place, what the scan found, and hashes of the ids with a salt of the receipt's own.</summary>
/// <remarks>Who holds an id can check that it is meant: SHA-256 of the salt's bytes and the id's UTF-8. The members are described in docs/operations/privacy.md.</remarks>
static class ErasureReceipt
{
    const int Version = 1, SaltBytes = 16;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Erasure erasure, ErasurePass pass, ScanResult scan, DateTimeOffset now, DateTimeOffset? streamEndsAt, bool isDone)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return JsonSerializer.Serialize(
            new
            {
                Version,
                Erasure = erasure.Id,
                Project = erasure.ProjectId,
                erasure.RequestedAt,
                erasure.RequestedBy,
                ReceivedUpTo = DateTimeOffset.FromUnixTimeMilliseconds(erasure.UpToMs),
                At = now,
                State = isDone ? "done" : "pending",
                Salt = salt,
                Ids = erasure.Ids!.Select(id => Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(id)]))),
                ErasuresInPass = pass.ErasureIds.Count,
                Removed = pass.Removed.GroupBy(removed => removed.Place, StringComparer.Ordinal).Select(place => new
                {
                    Place = place.Key,
                    Rows = place.Sum(removed => removed.Rows),
                    Files = place.Sum(removed => removed.Files),
                    VersionBefore = place.Min(removed => removed.VersionBefore),
                    VersionAfter = place.Max(removed => removed.VersionAfter),
                }),
                Scan = new { scan.At, scan.Files, scan.Bytes, scan.Left, scan.Elsewhere, UnreadableDeadLetters = pass.Unreadable },
                Stream = new { State = isDone ? "gone" : "pending", EndsAt = streamEndsAt },
            },
            Json);
    }
}
