using Cairn.Api.Ingest;
using Cairn.Cloud;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddCloud(builder.Configuration);
builder.Services.AddAmplitudeIngest().AddSegmentIngest();
builder.Build().Run();
