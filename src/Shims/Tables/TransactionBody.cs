using System.Text;
using Azure;
using Azure.Data.Tables;

namespace Cairn.Shims.Storage;

/// <summary>A transaction as it is sent: a multipart body whose parts are requests.</summary>
/// <remarks>Source: Microsoft Learn, "Performing entity group transactions". Lines end with CR LF and a row's JSON is one line.</remarks>
sealed class TransactionBody(Uri service, string table, IReadOnlyList<TableTransactionAction> actions)
{
    readonly string batch = $"batch_{Guid.NewGuid()}";
    readonly string changeset = $"changeset_{Guid.NewGuid()}";

    public string ContentType => $"multipart/mixed; boundary={batch}";

    public string Write()
    {
        if (actions.Count == 0) throw new InvalidOperationException("a transaction has at least one action");
        var body = new StringBuilder();
        Line($"--{batch}", $"Content-Type: multipart/mixed; boundary={changeset}", "");
        foreach (var action in actions)
        {
            Line($"--{changeset}", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "");
            Add(action);
        }
        Line($"--{changeset}--", $"--{batch}--");
        return body.ToString();

        void Line(params string[] lines)
        {
            foreach (var line in lines) body.Append(line).Append("\r\n");
        }

        void Add(TableTransactionAction action)
        {
            var (method, ifMatch) = action.ActionType switch
            {
                TableTransactionActionType.Add => ("POST", default),
                TableTransactionActionType.UpdateMerge => ("PATCH", Version(action)),
                TableTransactionActionType.UpdateReplace => ("PUT", Version(action)),
                TableTransactionActionType.Delete => ("DELETE", Version(action)),
                TableTransactionActionType.UpsertMerge => ("PATCH", default(ETag)),
                TableTransactionActionType.UpsertReplace => ("PUT", default),
                _ => throw new ArgumentOutOfRangeException(nameof(action), action.ActionType, "no such action"),
            };
            var path = method == "POST" ? table : TableRequests.PathOf(table, action.Entity.PartitionKey, action.Entity.RowKey);
            Line($"{method} {service.AbsoluteUri.TrimEnd('/')}/{path} HTTP/1.1", "Accept: application/json;odata=minimalmetadata", "DataServiceVersion: 3.0");
            if (method == "POST") Line("Prefer: return-no-content");
            if (ifMatch != default) Line($"If-Match: {ifMatch.ToString("H")}");
            if (method == "DELETE") Line("", "");
            else Line("Content-Type: application/json", "", EntityJson.Write(action.Entity));
        }
    }

    static ETag Version(TableTransactionAction action) => action.ETag != default ? action.ETag : action.Entity.ETag != default ? action.Entity.ETag : ETag.All;
}
