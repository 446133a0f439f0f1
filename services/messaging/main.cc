#include "libs/app/app.h"
#include "services/messaging/wire.h"

int main(int argc, char** argv) { return kat::app::Main(argc, argv, kat::messaging::Spec(kat::messaging::RealOutside)); }
