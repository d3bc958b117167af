using Cairn.Cloud;
using Cairn.Functions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddCloud(builder.Configuration).AddCairn();
builder.Build().Run();
