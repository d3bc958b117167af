using Cairn.Disk.Tables;
using Microsoft.Data.Sqlite;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Disk;

/// <summary>A row as version 1 wrote it, byte for byte as docs/formats/disk.md says; it stays readable for ever.</summary>
public sealed class Reading_rows_of_version_one : IDisposable
{
    const string Body =
        "01" // version
        + "0100" + "73" + "01" + "02000000" + "c3a9" // s: "é"
        + "0100" + "62" + "02" + "01" // b: true
        + "0100" + "69" + "03" + "feffffff" // i: -2
        + "0100" + "6c" + "04" + "0000000001000000" // l: 2^32
        + "0100" + "64" + "05" + "000000000000f83f" // d: 1.5
        + "0100" + "79" + "06" + "03000000" + "010203" // y: bytes
        + "0100" + "74" + "07" + "0080b5f7f57f9f08"; // t: 1970-01-01

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Gives_the_values_that_were_written()
    {
        await InsertAsync(Body);
        await using var store = new SqliteTableStore(_folder["tables.db"]);

        var values = (await store.FindAsync("people", "p", "r", default))!.Values;

        Assert.Equal("é", values["s"]);
        Assert.Equal(true, values["b"]);
        Assert.Equal(-2, values["i"]);
        Assert.Equal(1L << 32, values["l"]);
        Assert.Equal(1.5, values["d"]);
        Assert.Equal(new byte[] { 1, 2, 3 }, values["y"]);
        Assert.Equal(DateTimeOffset.UnixEpoch, values["t"]);
    }

    [Theory]
    [InlineData("", "version 1")]
    [InlineData("02", "version 1")]
    [InlineData("01" + "0100" + "73" + "01" + "ff000000" + "61", "255")]
    [InlineData("01" + "0100" + "73" + "09" + "61", "type 9")]
    public async Task Tells_where_bytes_are_no_row(string body, string evidence)
    {
        await InsertAsync(body);
        await using var store = new SqliteTableStore(_folder["tables.db"]);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => store.FindAsync("people", "p", "r", default));

        Assert.Contains(evidence, fault.Message, StringComparison.Ordinal);
    }

    async Task InsertAsync(string body)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder["tables.db"]};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            "CREATE TABLE t_people (pk TEXT NOT NULL, rk TEXT NOT NULL, etag INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (pk, rk));"
            + "INSERT INTO t_people VALUES ('p', 'r', 1, $body)";
        command.Parameters.AddWithValue("$body", Convert.FromHexString(body));
        await command.ExecuteNonQueryAsync();
    }
}
