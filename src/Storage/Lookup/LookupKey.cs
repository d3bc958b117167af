using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cairn.Storage.Lookup;

/// <summary>Where the look-up row of an id lies. No id a client can send makes an illegal key, and a project's rows spread over 256 partitions.</summary>
/// <param name="PartitionKey">The project, a dash, two hexadecimal digits of the id's hash.</param>
/// <param name="RowKey">SHA-256 of the id as base64url.</param>
public readonly record struct LookupKey(string PartitionKey, string RowKey)
{
    public static LookupKey Of(string projectId, string id)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        return new(string.Create(CultureInfo.InvariantCulture, $"{projectId}-{hash[0]:x2}"), Base64Url.EncodeToString(hash));
    }
}
