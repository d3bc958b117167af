using System.Security.Cryptography;
using System.Text;
using Cairn.Storage;

namespace Cairn.Projects.Privacy;

/// <summary>Signs receipts with a key of the deployment's own, made at the first receipt and kept in the table <c>privacy</c>.</summary>
public sealed class ReceiptSigner(ITableStore tables)
{
    const string Table = "privacy", PartitionKey = "keys", RowKey = "receipts", KeyValue = "pkcs8";

    /// <summary>Signs a text.</summary>
    public async Task<SignedReceipt> SignAsync(string text, CancellationToken cancellationToken)
    {
        using var key = await ReadKeyAsync(cancellationToken);
        return new(text, Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256)), Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Whether a receipt is as it was signed, by the key that it names.</summary>
    public static bool IsGenuine(SignedReceipt receipt)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(receipt.PublicKey), out _);
        return key.VerifyData(Encoding.UTF8.GetBytes(receipt.Text), Convert.FromBase64String(receipt.Signature), HashAlgorithmName.SHA256);
    }

    async Task<ECDsa> ReadKeyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            if (await tables.FindAsync(Table, PartitionKey, RowKey, cancellationToken) is { } row)
            {
                key.ImportPkcs8PrivateKey((byte[])row.Values[KeyValue], out _);
                return key;
            }
            var values = new Dictionary<string, object> { [KeyValue] = key.ExportPkcs8PrivateKey() };
            if (await tables.SubmitAsync(Table, PartitionKey, [new(RowKey, TableAction.Insert, values)], cancellationToken) is not null) return key;
            // Somebody else was faster: theirs it is.
            key.Dispose();
        }
    }
}
