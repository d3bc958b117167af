using System.Globalization;
using System.Text;
using Cairn.Storage.Delta;
using Cairn.Storage.Parquet;

namespace Cairn.Storage.Lake.Writing;

/// <summary>A data file in the making: its row groups go to the store as they are made, and what the log will say of it is kept.</summary>
sealed class FileDraft(int partition, int targetRows) : IAsyncDisposable
{
    /// <summary>Bytes that are sent at once; a file that has less is put whole.</summary>
    const int PieceBytes = 4 << 20;

    readonly MemoryStream waiting = new();
    readonly StringBuilder persons = new();
    ParquetWriter? writer;
    IBlobDraft? blob;

    /// <summary>The number of its date or month (<see cref="Partitions"/>).</summary>
    public int Partition => partition;

    /// <summary>Rows that it should get.</summary>
    public int TargetRows => targetRows;

    /// <summary>Rows that it has, or will have once the row groups that were cut for it are written.</summary>
    public int PlannedRows { get; set; }

    public int RowCount { get; private set; }

    /// <summary>Hashes of its first and last row's persons.</summary>
    public (ulong First, ulong Last) Persons { get; private set; }

    /// <summary>High halves of its rows' duplicate keys.</summary>
    public KeyList Keys { get; } = new();

    /// <summary>Columns that have a value.</summary>
    public HashSet<DeltaColumn> Columns { get; } = [];

    public (long FirstMs, long LastMs) Times { get; private set; } = (long.MaxValue, long.MinValue);

    public (long FirstMs, long LastMs) Receipts { get; private set; } = (long.MaxValue, long.MinValue);

    public (long FirstMs, long LastMs)? SentTimes { get; private set; }

    /// <summary>Whether <see cref="Begin"/> was called.</summary>
    public bool IsBegun => writer is not null;

    /// <summary>Its name below the table's root; known once it is begun.</summary>
    public string Path { get; private set; } = "";

    public void CountTime(long timeMs, long receivedAtMs)
    {
        Times = (Math.Min(Times.FirstMs, timeMs), Math.Max(Times.LastMs, timeMs));
        Receipts = (Math.Min(Receipts.FirstMs, receivedAtMs), Math.Max(Receipts.LastMs, receivedAtMs));
    }

    public void CountSent(long sentMs) => SentTimes = SentTimes is var (first, last) ? (Math.Min(first, sentMs), Math.Max(last, sentMs)) : (sentMs, sentMs);

    /// <summary>Begins the file.</summary>
    /// <param name="columns">All that any of its row groups has a value of, and perhaps more.</param>
    public void Begin(string path, IEnumerable<DeltaColumn> columns)
    {
        Path = path;
        writer = new(LakeLayout.InParquet(columns), waiting);
    }

    /// <summary>Adds a row group.</summary>
    /// <param name="file">A Parquet file of it alone.</param>
    /// <param name="first">The hash of its first row's person.</param>
    /// <param name="last">And of its last one's.</param>
    public async Task AddAsync(IBlobStore blobs, string root, ReadOnlyMemory<byte> file, int rowCount, ulong first, ulong last, CancellationToken cancellationToken)
    {
        await writer!.CopyRowGroupAsync(ParquetReader.Open(Path, file), 0, cancellationToken);
        persons.Append(RowCount == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{first:x16}-{last:x16}");
        Persons = (RowCount == 0 ? first : Persons.First, last);
        RowCount += rowCount;
        if (waiting.Length >= PieceBytes) await SendAsync(blobs, root, cancellationToken);
    }

    /// <summary>Ends the file: from now on it is there.</summary>
    /// <returns>Its bytes' number.</returns>
    public async Task<long> EndAsync(IBlobStore blobs, string root, CancellationToken cancellationToken)
    {
        writer!.Finish(new Dictionary<string, string> { [DataFiles.PersonsNote] = persons.ToString() });
        var name = $"{root}/{Path}";
        string? etag;
        if (blob is null) etag = await blobs.PutAsync(name, Waiting, PutCondition.IfAbsent, cancellationToken);
        else
        {
            await SendAsync(blobs, root, cancellationToken);
            etag = await blob.EndAsync(cancellationToken);
        }
        return etag is null ? throw new InvalidOperationException($"{name} is there already") : writer.Length;
    }

    public async ValueTask DisposeAsync()
    {
        writer?.Dispose();
        await waiting.DisposeAsync();
        if (blob is not null) await blob.DisposeAsync();
    }

    ReadOnlyMemory<byte> Waiting => waiting.GetBuffer().AsMemory(0, (int)waiting.Length);

    async Task SendAsync(IBlobStore blobs, string root, CancellationToken cancellationToken)
    {
        blob ??= await blobs.BeginAsync($"{root}/{Path}", cancellationToken);
        await blob.AppendAsync(Waiting, cancellationToken);
        waiting.SetLength(0);
    }
}
