using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Cairn.Support;

/// <summary>Requests to a storage account, counted at its door by the kinds that Azure bills.</summary>
/// <remarks>Source: Microsoft's pages "Azure Blob Storage pricing", "Operations and data transfer", and "Azure Table Storage pricing".</remarks>
public sealed partial class BilledRequests
{
    readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);

    /// <summary>Takes a request note of.</summary>
    /// <param name="place">Path and query below the account, such as <c>cairn/recent/…?comp=block</c> or <c>keys(PartitionKey='a',RowKey='b')</c>.</param>
    public void Count(string method, string place) => counts.AddOrUpdate(KindOf(method, place), 1, (_, count) => count + 1);

    /// <summary>So far, by kind: "blob write", "table read" and so on.</summary>
    public IReadOnlyDictionary<string, long> Counts => new SortedDictionary<string, long>(counts.ToDictionary(), StringComparer.Ordinal);

    /// <summary>What a request is billed as. A table's name is followed by its keys in parentheses; anything else is a container.</summary>
    public static string KindOf(string method, string place)
    {
        var query = place.Contains('?', StringComparison.Ordinal) ? place[place.IndexOf('?', StringComparison.Ordinal)..] : "";
        if (TableRequest().IsMatch(place))
        {
            return method switch
            {
                "DELETE" => "table delete",
                "POST" when place.StartsWith("$batch", StringComparison.Ordinal) => "table batch",
                "GET" when place.Contains("RowKey=", StringComparison.Ordinal) => "table read",
                "GET" => "table scan",
                _ => "table write",
            };
        }
        return (method, query) switch
        {
            ("DELETE", _) => "blob delete",
            ("PUT", var asked) when asked.Contains("comp=lease", StringComparison.Ordinal) => "blob read",
            ("PUT", var asked) when asked.Contains("restype=container", StringComparison.Ordinal) => "blob list",
            ("PUT", _) => "blob write",
            ("GET", var asked) when asked.Contains("comp=list", StringComparison.Ordinal) => "blob list",
            _ => "blob read",
        };
    }

    [GeneratedRegex(@"^(\$batch|Tables\b|\w+\()", RegexOptions.CultureInvariant)]
    private static partial Regex TableRequest();
}
